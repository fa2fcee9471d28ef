from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchmarks.simulation import planted_classes
from helpers.profiles import Profiles
from helpers.typology import DetectionMixture, name_classes

SERVICES = [f"s{j:02d}" for j in range(24)]
OPERATORS = [f"op{i:02d}" for i in range(90)]


@pytest.fixture(scope="session")
def chains():
    return {"n_chains": 2, "n_draws": 150, "burn_in": 300, "thin": 3}


@pytest.fixture(scope="session")
def planted():
    """Three planted classes of 90 operators, each read on eight pages."""
    return planted_classes(
        90, 24, np.random.default_rng(2), visits=np.full(90, 8), detection=(0.2, 0.5)
    )


@pytest.fixture(scope="session")
def fitted(planted, chains):
    """Their estimator and posterior, and the classes named."""
    mixture = DetectionMixture(random_state=0, **chains).fit((planted.mentions, planted.visits))
    named = name_classes(mixture.posterior_, SERVICES, OPERATORS)
    return SimpleNamespace(
        mixture=mixture,
        posterior=mixture.posterior_,
        named=named,
        services=SERVICES,
        operators=OPERATORS,
    )


@pytest.fixture(scope="session")
def profiles(planted):
    """The planted evidence as profiles."""
    index = pd.Index(OPERATORS, name="operator")
    mentions = pd.DataFrame(planted.mentions, index, SERVICES)
    state = mentions.gt(0).replace({True: "offered", False: "unseen"})
    return Profiles(OPERATORS, SERVICES, state, mentions, pd.Series(planted.visits, index))
