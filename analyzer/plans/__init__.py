"""How a build was asked for: one Dockerfile, many plans."""

from .plan import BuildOptions, BuildPlan, ContextSpec, Platform, context_spec, host_platform, parse_platform

__all__ = [
    "BuildOptions",
    "BuildPlan",
    "ContextSpec",
    "Platform",
    "context_spec",
    "host_platform",
    "parse_platform",
]
