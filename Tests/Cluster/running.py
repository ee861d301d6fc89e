"""The clusters that the tests use, started once, and why one could not be."""

from measurements import Measurements

slurm = None
slurm_problem = None
ray = None
ray_problem = None
searches = None
_expected = None
_measurements = None


def expected():
    """The results of one evaluator on this machine."""
    global _expected
    if _expected is None:
        searches.run(searches.arguments("local"))
        _expected = searches.results("local")
    return _expected


def measurements():
    """Those of one folder; the one called `local` is of a program on this machine."""
    global _measurements
    if _measurements is None:
        found = Measurements(searches)
        searches.run(found.arguments("local"))
        _measurements = found
    return _measurements
