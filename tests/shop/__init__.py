"""Random shops under the reference rules: a driver, what must always hold, and faults planted on purpose."""
