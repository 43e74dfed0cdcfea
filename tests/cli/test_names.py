from __future__ import annotations

import pytest

import loas_tl
from tests.cli.outcome import Run


@pytest.mark.parametrize("name", loas_tl.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(loas_tl, name) is not None
    assert name in dir(loas_tl)


def test_packages_need_no_import_of_their_own(run_apart: Run) -> None:
    run_apart(
        "-c",
        "import loas_tl; loas_tl.kernel.spmspm, loas_tl.fiber.encode, loas_tl.exact.execute, "
        "loas_tl.mapper.search, loas_tl.validation.validate, loas_tl.energy.registry, "
        "loas_tl.native.evaluate, loas_tl.spec.load_spec, loas_tl.timeloop.run_model",
    ).assert_succeeded()


def test_importing_the_package_imports_nothing_heavy(run_apart: Run) -> None:
    check = "import sys, loas_tl; assert not {'numpy', 'numba', 'scipy'} & set(sys.modules)"
    run_apart("-c", check).assert_succeeded()


def test_the_published_model_imports_no_compiler_and_no_reader_of_files(run_apart: Run) -> None:
    check = (
        "import sys, loas_tl; loas_tl.compare('alexnet'); "
        "assert not {'numba', 'pydantic', 'scipy', 'yaml'} & set(sys.modules)"
    )
    run_apart("-c", check).assert_succeeded()


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'spmspn'"):
        _ = loas_tl.spmspn
