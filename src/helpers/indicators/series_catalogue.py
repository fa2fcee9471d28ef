"""Which published figures may be set on one line of time, and why: read row by row in ``published_figures.csv``.

Two waves are comparable when what the record says of population and of question is the same for both. Where the
record does not say, they are not: a doubt forbids the comparison, it does not allow it. Texts are in French, for they
are printed in the reports. No result stands here; :mod:`helpers.indicators.trends` computes them.
"""

from __future__ import annotations

from helpers.indicators.series import COUNT, EVENTS, NEED, SHARE, SUPPLY, UPTAKE, Link, Series, Wave

SAME_STUDY = Link(True, "même enquête, même population, même question d’une vague à l’autre")
SAME_SOURCE = Link(True, "une seule source donne les deux années")

CATALOGUE = (
    Series(
        "dpo_designations",
        "Désignations d’un délégué à la protection des données par des communes",
        UPTAKE,
        COUNT,
        (
            Wave("F095", year=2018, month=5, value=3000, rounding=500),
            Wave("F095", month=11, rounding=50),
            Wave("F097", month=1),
        ),
        (
            SAME_SOURCE,
            Link(False, "des désignations d’un côté, des communes dotées de l’autre"),
        ),
        complete=True,
    ),
    Series(
        "dpo_communes",
        "Communes qui ont un délégué à la protection des données",
        UPTAKE,
        SHARE,
        (
            Wave("F093", month=11, complement=True),
            Wave("F096", month=1),
            Wave("F099", month=6, less="F022"),
            Wave("F099", month=10),
        ),
        (
            Link(True, "toutes les communes, même registre de la Cnil, même question"),
            Link(True, "toutes les communes, même registre de la Cnil, même question"),
            Link(True, "même étude, de juin à octobre 2025"),
        ),
        complete=True,
        size="communes",
    ),
    Series(
        "actes",
        "Actes transmis en ligne au contrôle de légalité",
        UPTAKE,
        SHARE,
        (Wave("F180"), Wave("F184")),
        (Link(True, "tous les actes soumis au contrôle, même application de l’État"),),
        complete=True,
    ),
    Series(
        "actes_emetteurs",
        "Collectivités et établissements raccordés à la transmission en ligne des actes",
        UPTAKE,
        SHARE,
        (Wave("F181", month=12), Wave("F182", month=9), Wave("F183", month=12)),
        (
            Link(
                False,
                "« recourir » en 2010, « être raccordé » en 2012, et l’effectif de 2010 n’est pas dit",
            ),
            Link(True, "mêmes émetteurs potentiels, même question"),
        ),
        complete=True,
    ),
    Series(
        "donnees_ouvertes",
        "Collectivités qui publient des données ouvertes",
        UPTAKE,
        COUNT,
        (Wave("F103", month=1), Wave("F104", month=10), Wave("F109")),
        (
            Link(True, "même observatoire, même question ; il ne dit pas qui lui a échappé"),
            Link(True, "même observatoire, même question ; il ne dit pas qui lui a échappé"),
        ),
    ),
    Series(
        "obligation_donnees",
        "Collectivités soumises à l’ouverture des données qui la respectent",
        UPTAKE,
        SHARE,
        (Wave("F102"), Wave("F108")),
        (
            Link(
                True,
                "même observatoire, même obligation ; le nombre de collectivités soumises a été revu",
            ),
        ),
    ),
    Series(
        "projets_donnees",
        "Collectivités qui ont engagé un projet de données",
        UPTAKE,
        SHARE,
        (Wave("F117"), Wave("F116")),
        (SAME_STUDY,),
    ),
    Series(
        "projets_donnees_petites",
        "Petites communes (baromètre Data Publica) qui ont engagé un projet de données",
        UPTAKE,
        SHARE,
        (Wave("F119"), Wave("F118")),
        (SAME_STUDY,),
    ),
    Series(
        "intelligence_artificielle",
        "Collectivités engagées dans l’intelligence artificielle",
        UPTAKE,
        SHARE,
        (Wave("F123"), Wave("F125")),
        (
            Link(
                False,
                "toutes les répondantes en 2024, les plus grandes en 2025 ; la question change",
            ),
        ),
    ),
    Series(
        "cyber_attaque",
        "Collectivités qui se disent victimes d’une attaque informatique",
        NEED,
        SHARE,
        (Wave("F040", rounding=1), Wave("F057", rounding=1)),
        (SAME_STUDY,),
    ),
    Series(
        "cyber_prete",
        "Collectivités qui se disent prêtes à faire face à une attaque",
        NEED,
        SHARE,
        (Wave("F046"), Wave("F060")),
        (SAME_STUDY,),
    ),
    Series(
        "cyber_procedure",
        "Collectivités qui ont une procédure de réaction à une attaque",
        UPTAKE,
        SHARE,
        (Wave("F047"), Wave("F062")),
        (SAME_STUDY,),
    ),
    Series(
        "cyber_exposition",
        "Collectivités qui ne savent pas évaluer leur exposition",
        NEED,
        SHARE,
        (Wave("F042"), Wave("F064")),
        (SAME_STUDY,),
    ),
    Series(
        "cyber_victimes_arret",
        "Victimes d’une attaque dont l’activité s’est arrêtée",
        NEED,
        SHARE,
        (Wave("F043"), Wave("F066")),
        (SAME_STUDY,),
    ),
    Series(
        "cyber_risque_faible",
        "Collectivités qui jugent leur risque faible",
        NEED,
        SHARE,
        (Wave("F039"), Wave("F058")),
        (Link(False, "collectivités plus petites en 2021, et la question change"),),
    ),
    Series(
        "cyber_sans_sensibilisation",
        "Collectivités sans aucune action de sensibilisation",
        NEED,
        SHARE,
        (Wave("F044", complement=True), Wave("F090")),
        (Link(False, "deux enquêtes, deux populations"),),
    ),
    Series(
        "sans_responsable",
        "Collectivités sans responsable informatique ou de sécurité",
        NEED,
        SHARE,
        (Wave("F038"), Wave("F089")),
        (Link(False, "deux enquêtes, deux populations, deux fonctions"),),
    ),
    Series(
        "budget",
        "Collectivités au petit budget informatique",
        NEED,
        SHARE,
        (Wave("F055"), Wave("F068")),
        (Link(False, "budget informatique en 2023, budget de sécurité en 2024, et deux plafonds"),),
    ),
    Series(
        "incidents",
        "Incidents de collectivités traités par l’Anssi, par an",
        NEED,
        EVENTS,
        (Wave("F072", months=18), Wave("F074")),
        (
            Link(
                True, "même agence, mêmes collectivités ; les durées diffèrent, d’où le taux annuel"
            ),
        ),
    ),
    Series(
        "incidents_part",
        "Part des collectivités dans les incidents traités par l’Anssi",
        NEED,
        SHARE,
        (Wave("F073"), Wave("F075")),
        (Link(True, "même agence, tous les incidents traités"),),
        complete=True,
    ),
    Series(
        "illectronisme",
        "Personnes en situation d’illectronisme",
        NEED,
        SHARE,
        (Wave("F127"), Wave("F132")),
        (
            Link(
                True,
                "même institut, même population ; le relevé ne dit pas si la collecte est restée la même",
            ),
        ),
    ),
    Series(
        "competences",
        "Usagers d’Internet aux compétences insuffisantes",
        NEED,
        SHARE,
        (Wave("F128"), Wave("F133")),
        (Link(False, "« au moins une compétence manque » en 2019, « capacités faibles » en 2021"),),
    ),
    Series(
        "demarches",
        "Personnes en difficulté dans les démarches en ligne",
        NEED,
        SHARE,
        (Wave("F134"), Wave("F135")),
        (Link(False, "le relevé ne dit pas quelle population est interrogée en 2025"),),
    ),
    Series(
        "site_web",
        "Communes ou collectivités qui ont un site internet",
        UPTAKE,
        SHARE,
        (Wave("F171"), Wave("F166")),
        (Link(False, "deux enquêtes, deux populations"),),
    ),
    Series(
        "haut_debit",
        "Petites communes (baromètre JVS) qui ont accès au haut débit",
        UPTAKE,
        SHARE,
        (Wave("F158"), Wave("F161")),
        (Link(False, "la seconde enquête n’est pas datée"),),
    ),
    Series(
        "fibre_bretagne",
        "Mairies bretonnes raccordées au très haut débit",
        UPTAKE,
        SHARE,
        (Wave("F175", year=2018, value=9), Wave("F175")),
        (SAME_SOURCE,),
    ),
    Series(
        "archivage_bretagne",
        "Collectivités bretonnes qui utilisent l’archivage mutualisé du SIB",
        UPTAKE,
        COUNT,
        (Wave("F205"), Wave("F206", floor=True)),
        (Link(True, "même service, mêmes utilisateurs comptés par l’opérateur"),),
        complete=True,
    ),
    Series(
        "reseau",
        "Opérateurs membres du réseau Déclic",
        SUPPLY,
        COUNT,
        (Wave("F001"), Wave("F002"), Wave("F003")),
        (
            Link(True, "membres d’une même association, comptés par elle"),
            Link(True, "membres d’une même association, comptés par elle"),
        ),
        complete=True,
    ),
)
