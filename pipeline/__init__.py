"""The straight line: a request becomes a report. The command line and editors call nothing below.

A module for each kind of request: predict, lint, log; costs is what logs leave behind.
"""
