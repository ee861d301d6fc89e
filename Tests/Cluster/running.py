"""The clusters that the tests use, started once, and why one could not be."""

slurm = None
slurm_problem = None
ray = None
ray_problem = None
searches = None
_expected = None


def expected():
    """The results of one evaluator on this machine."""
    global _expected
    if _expected is None:
        searches.run(searches.arguments("local"))
        _expected = searches.results("local")
    return _expected
