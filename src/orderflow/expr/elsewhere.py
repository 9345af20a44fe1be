"""What other languages and spreadsheets call the functions of this one."""

#: By the name in small letters, without `_`.
ELSEWHERE = {
    # rows
    "size": "count", "countif": "count", "countifs": "count", "counta": "count", "exists": "any", "anymatch": "any",
    "every": "all", "allmatch": "all", "forall": "all", "total": "sum", "sumif": "sum", "sumifs": "sum",
    "sumproduct": "sum", "least": "min", "minimum": "min", "minif": "min", "minifs": "min", "smallest": "min",
    "greatest": "max", "maximum": "max", "maxif": "max", "maxifs": "max", "largest": "max", "newest": "latest",
    "oldest": "earliest",
    # values that may be missing, tables
    "ifnull": "coalesce", "nvl": "coalesce", "default": "coalesce", "ifna": "coalesce",
    "iferror": "coalesce", "getordefault": "coalesce", "lookup": "look_up", "vlookup": "look_up", "xlookup": "look_up",
    "hlookup": "look_up",
    # texts
    "len": "length", "strlen": "length", "charlength": "length", "startswith": "starts_with", "beginswith": "starts_with",
    "hasprefix": "starts_with", "endswith": "ends_with", "hassuffix": "ends_with", "includes": "contains",
    "instr": "contains", "search": "contains", "find": "contains", "lowercase": "lower", "lcase": "lower",
    "tolower": "lower", "tolowercase": "lower", "downcase": "lower", "casefold": "lower", "uppercase": "upper",
    "ucase": "upper", "toupper": "upper", "touppercase": "upper", "upcase": "upper", "strip": "trim", "trimmed": "trim",
    "ltrim": "trim", "rtrim": "trim", "substitute": "replace", "replaceall": "replace", "gsub": "replace",
    "regex": "matches", "regexp": "matches", "regexmatch": "matches", "regexplike": "matches", "match": "matches",
    "fullmatch": "matches", "like": "matches", "similar": "matches", "int": "to_integer", "integer": "to_integer",
    "toint": "to_integer", "parseint": "to_integer", "number": "to_decimal", "tonumber": "to_decimal",
    "float": "to_decimal", "decimal": "to_decimal", "parsefloat": "to_decimal", "value": "to_decimal",
    # dates and times
    "todate": "day", "dateof": "day", "trunc": "day", "datevalue": "date", "makedate": "date", "newdate": "date",
    "datetime": "at", "todatetime": "at", "timestamp": "at", "makedatetime": "at", "dayofweek": "weekday",
    "isoweekday": "weekday", "weekdayof": "weekday", "dow": "weekday", "dayofmonth": "day_of_month", "dom": "day_of_month",
    "monthday": "day_of_month", "hourof": "hour", "hourofday": "hour", "minuteof": "minute", "minuteofhour": "minute",
    "yearof": "year", "monthof": "month", "firstofmonth": "start_of_month", "beginningofmonth": "start_of_month",
    "firstdayofmonth": "start_of_month", "monthstart": "start_of_month", "addmonth": "add_months", "edate": "add_months",
    "plusmonths": "add_months", "monthsadd": "add_months", "secs": "seconds", "mins": "minutes", "timesince": "age", "elapsed": "age", "ago": "age",
    "networkdays": "workdays", "networkdaysintl": "workdays", "businessdays": "workdays", "workingdays": "workdays",
    "businessdaysbetween": "workdays", "workdaysbetween": "workdays", "workday": "add_workdays",
    "workdayintl": "add_workdays", "addbusinessdays": "add_workdays", "addworkingdays": "add_workdays",
    "plusworkdays": "add_workdays", "isbusinessday": "is_workday", "isworkingday": "is_workday",
    # places
    "distance": "distance_km", "haversine": "distance_km", "geodistance": "distance_km", "distancekm": "distance_km",
}  # fmt: skip


def meant_elsewhere(name: str) -> str | None:
    """The function of this language that a name of others means, or None.

    >>> meant_elsewhere("StartsWith"), meant_elsewhere("DAY_OF_WEEK"), meant_elsewhere("launch")
    ('starts_with', 'weekday', None)
    """
    return ELSEWHERE.get(name.lower().replace("_", ""))
