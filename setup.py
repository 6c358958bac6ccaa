"""What is compiled besides the parts that pyproject.toml names: the rules by which a story is measured.

They are ordinary Python, and run as such where they cannot be compiled; see docs/decisions/0019.
"""

import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

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
    "processors/spread/features.py",
    "processors/spread/odds.py",
    "processors/spread/state.py",
    "processors/tick.py",
)
TYPED_BY = (  # whose fields they read: their types are built in
    "earshot/model.py",
    "earshot/store/authors.py",
    "earshot/store/brands.py",
    "earshot/store/mentions.py",
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
_BUILDS = {"bdist_wheel", "editable_wheel", "build_ext", "build", "install"}
_CODE = "processors__mypyc"
"""Where all their code is; what bears a module's name is only a door to it."""


def measuring() -> list[Extension]:
    if _BUILDS.isdisjoint(sys.argv):  # an installer only asks
        return []
    try:
        from mypyc.build import mypycify

        compiled = mypycify([*_FLAGS, *MEASURING], opt_level="2", debug_level="0", group_name="processors")
    except (ImportError, SystemExit) as error:
        print(f"Measuring is not compiled and runs in Python: {error!r}", file=sys.stderr)
        return []
    for module in compiled:
        module.optional = True
        module.extra_compile_args.append("-ffp-contract=off")  # as Python adds and multiplies
    return compiled


class AllOrNothing(build_ext):
    """What an earlier build left is gone before this one, and no door stays without what is behind it."""

    def run(self) -> None:
        if self.inplace or self.editable_mode:
            for built in (*Path("processors").rglob("*.so"), *Path().glob(f"{_CODE}.*.so")):
                built.unlink()
        super().run()

    def build_extensions(self) -> None:
        super().build_extensions()
        doors = {name.removesuffix(".py").replace("/", ".") for name in MEASURING}
        if not Path(self.get_ext_fullpath(_CODE)).exists():
            for name in doors:
                Path(self.get_ext_fullpath(name)).unlink(missing_ok=True)


setup(ext_modules=measuring(), cmdclass={"build_ext": AllOrNothing})
