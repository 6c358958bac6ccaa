"""What is compiled besides the parts that pyproject.toml names: the rules by which a story is measured.

They are ordinary Python, and run as such where there is no compiler; see docs/decisions/0019.
"""

import sys

from mypyc.build import mypycify
from setuptools import setup

MEASURING = (
    "processors/episodes.py",
    "processors/folding.py",
    "processors/judge.py",
    "processors/measure.py",
    "processors/outlook.py",
    "processors/own.py",
    "processors/reach.py",
    "processors/risk.py",
    "processors/rules.py",
    "processors/sizes.py",
    "processors/spread/early.py",
    "processors/spread/state.py",
    "processors/tick.py",
)
# What is not installed where a wheel is built is taken as it comes: the types were checked before.
_FLAGS = (
    "--config-file=",
    "--ignore-missing-imports",
    "--follow-imports=silent",
    "--disable-error-code=call-arg",
    "--cache-dir=/dev/null",
    "--no-error-summary",
)

_ONLY_ASKED = {"egg_info", "dist_info", "sdist"}  # what an installer asks before it builds

asked = not _ONLY_ASKED.isdisjoint(sys.argv)
compiled = (
    [] if asked else mypycify([*_FLAGS, *MEASURING], opt_level="2", debug_level="0", group_name="processors")
)
for module in compiled:
    module.optional = True

setup(ext_modules=compiled)
