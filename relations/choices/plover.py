"""PLOVER: what an issue is about, and what a statement does on it."""

from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Topic(TextChoices):
    """PLOVER's contexts, as far as files between states fall under them."""

    DEFENCE = "military", _("Defence")
    ECONOMIC = "economic", _("Trade and economy")
    DIPLOMATIC = "diplomatic", _("Diplomacy")
    TERRORISM = "terrorism", _("Counter-terrorism")
    TERRITORY = "territory", _("Territory and conflict")
    PEACEKEEPING = "peacekeeping", _("Peacekeeping")
    HUMAN_RIGHTS = "human_rights", _("Human rights")
    RIGHTS_FREEDOMS = "rights_freedoms", _("Rights and freedoms")
    LEGAL = "legal", _("Law and courts")
    MIGRATION = "migration", _("Migration")
    ASYLUM = "asylum", _("Asylum")
    CBRN = "cbrn", _("Weapons of mass destruction")
    CYBER = "cyber", _("Cyber")
    NATURAL_RESOURCE = "natural_resource", _("Energy and resources")
    ENVIRONMENT = "environment", _("Environment")
    HEALTH = "health", _("Health")
    TECHNOLOGY = "technology", _("Technology")
    CRIME = "crime", _("Crime")
    INTELLIGENCE = "intelligence", _("Intelligence")
    ELECTION = "election", _("Elections")
    OTHER = "political_institutions", _("Political institutions")


class Act(TextChoices):
    """PLOVER event types. Those after THREATEN are deeds, told only by a source's own report."""

    AGREE = "AGREE", _("Agrees or offers")
    SUPPORT = "SUPPORT", _("Backs or praises")
    CONCEDE = "CONCEDE", _("Gives way")
    CONSULT = "CONSULT", _("Discusses")
    REQUEST = "REQUEST", _("Asks")
    ACCUSE = "ACCUSE", _("Criticises or accuses")
    REJECT = "REJECT", _("Refuses")
    THREATEN = "THREATEN", _("Threatens")
    COOPERATE = "COOPERATE", _("Works together")
    AID = "AID", _("Gives aid")
    RETREAT = "RETREAT", _("Pulls back")
    SANCTION = "SANCTION", _("Imposes or keeps sanctions")
    PROTEST = "PROTEST", _("Protests")
    COERCE = "COERCE", _("Coerces")
    MOBILIZE = "MOBILIZE", _("Mobilises")
    ASSAULT = "ASSAULT", _("Attacks")


STATED_ACTS = (
    Act.AGREE, Act.SUPPORT, Act.CONCEDE, Act.CONSULT, Act.REQUEST, Act.ACCUSE, Act.REJECT, Act.THREATEN,
)  # fmt: skip


# Intensity by act and mode ("" where no mode is told), from -10 (hostile) to +10 (cooperative). Source: PLOVER's
# scores, except bare ACCUSE, whose +3 there is a slip of sign.
INTENSITIES: dict[str, dict[str, Decimal]] = {
    act: {mode: Decimal(score) for mode, score in modes.items()}
    for act, modes in {
        "AGREE": {"": "2.5"},
        "SUPPORT": {"": "5"},
        "CONCEDE": {"": "4.5"},
        "CONSULT": {"": "2.5", "Multilateral": "4", "Phone": "1.5", "Third-party": "1", "Visit": "4"},
        "REQUEST": {"": "0", "Assist": "0.5", "Change": "-1", "Meet": "0", "Yield": "-1"},
        "ACCUSE": {"": "-3", "Allege": "-3.5", "Disapprove": "-2", "Investigate": "-3.5"},
        "REJECT": {"": "-2", "Assist": "-1.5", "Change": "-2", "Meet": "-2", "Yield": "-2"},
        "THREATEN": {
            "": "-3.5", "Arrest": "-3.5", "Expel": "-3.5", "Relations": "-3.5", "Restrict": "-3", "Territory": "-4",
            "Violence": "-3.5",
        },
        "COOPERATE": {"": "9.5"},
        "AID": {"": "10"},
        "RETREAT": {
            "": "6.5", "Access": "6.5", "Ceasefire": "7.5", "Disarm": "10", "Release": "6.5", "Resign": "4.5",
            "Withdraw": "8",
        },
        "SANCTION": {"": "-6", "Convict": "-6", "Discontinue": "-6", "Expel": "-5.5", "Withdraw": "-6"},
        "PROTEST": {
            "": "-5", "Boycott": "-4.5", "Demo": "-5", "Hunger": "-4.5", "Obstruct": "-4.5", "Riot": "-7",
            "Strike": "-5",
        },
        "COERCE": {
            "": "-7", "Arrest": "-7", "Censor": "-6.5", "Curfew": "-6.5", "Cyber": "-7", "Deport": "-7",
            "Martial-law": "-7.5", "Misinformation": "-6.5", "Restrict": "-7", "Seize": "-7", "Withhold": "-7",
        },
        "MOBILIZE": {"": "-5.5", "Militia": "-6", "Police": "-5.5", "Troops": "-6.5", "Weapons": "-6.5"},
        "ASSAULT": {
            "": "-9", "Abduct": "-8.5", "Aerial": "-9.5", "Beat": "-7.5", "Crowd-control": "-7.5", "Destroy": "-8.5",
            "Drone": "-9.5", "Explosives": "-9", "Firearms": "-9", "Heavy-weapons": "-9.5", "Primitive": "-8",
            "Sexual": "-8.5", "Suicide-attack": "-9.5", "Targeted": "-9.5", "Torture": "-8.5",
            "Unconventional": "-10",
        },
    }.items()
}  # fmt: skip


MODES: dict[str, list[str]] = {act: [mode for mode in modes if mode] for act, modes in INTENSITIES.items()}


class Mode(TextChoices):
    """PLOVER modes of the stated acts and of the deeds; which go with which act is in `MODES`."""

    MULTILATERAL = "Multilateral", _("with several parties")
    PHONE = "Phone", _("by telephone")
    THIRD_PARTY = "Third-party", _("in a third place")
    VISIT = "Visit", _("on a visit")
    ASSIST = "Assist", _("about help")
    CHANGE = "Change", _("about a change")
    MEET = "Meet", _("about meeting")
    YIELD = "Yield", _("about giving way")
    ALLEGE = "Allege", _("alleges")
    DISAPPROVE = "Disapprove", _("disapproves")
    INVESTIGATE = "Investigate", _("investigates")
    ARREST = "Arrest", _("arrest")
    EXPEL = "Expel", _("expulsion")
    RELATIONS = "Relations", _("to reduce relations")
    RESTRICT = "Restrict", _("restrictions")
    TERRITORY = "Territory", _("territory")
    VIOLENCE = "Violence", _("force")
    ACCESS = "Access", _("grants access")
    CEASEFIRE = "Ceasefire", _("ceasefire")
    DISARM = "Disarm", _("disarms")
    RELEASE = "Release", _("releases")
    RESIGN = "Resign", _("resigns")
    WITHDRAW = "Withdraw", _("withdraws")
    CONVICT = "Convict", _("convicts")
    DISCONTINUE = "Discontinue", _("breaks off")
    BOYCOTT = "Boycott", _("boycott")
    DEMO = "Demo", _("demonstration")
    HUNGER = "Hunger", _("hunger strike")
    OBSTRUCT = "Obstruct", _("obstruction")
    RIOT = "Riot", _("riot")
    STRIKE = "Strike", _("strike")
    CENSOR = "Censor", _("censorship")
    CURFEW = "Curfew", _("curfew")
    CYBER = "Cyber", _("cyber attack")
    DEPORT = "Deport", _("deportation")
    MARTIAL_LAW = "Martial-law", _("martial law")
    MISINFORMATION = "Misinformation", _("misinformation")
    SEIZE = "Seize", _("seizure")
    WITHHOLD = "Withhold", _("withholding")
    MILITIA = "Militia", _("militia")
    POLICE = "Police", _("police")
    TROOPS = "Troops", _("troops")
    WEAPONS = "Weapons", _("weapons")
    ABDUCT = "Abduct", _("abduction")
    AERIAL = "Aerial", _("from the air")
    BEAT = "Beat", _("beating")
    CROWD_CONTROL = "Crowd-control", _("crowd control")
    DESTROY = "Destroy", _("destruction")
    DRONE = "Drone", _("drone")
    EXPLOSIVES = "Explosives", _("explosives")
    FIREARMS = "Firearms", _("firearms")
    HEAVY_WEAPONS = "Heavy-weapons", _("heavy weapons")
    PRIMITIVE = "Primitive", _("primitive weapons")
    SEXUAL = "Sexual", _("sexual violence")
    SUICIDE_ATTACK = "Suicide-attack", _("suicide attack")
    TARGETED = "Targeted", _("targeted killing")
    TORTURE = "Torture", _("torture")
    UNCONVENTIONAL = "Unconventional", _("weapons of mass destruction")


class Strength(TextChoices):
    """How an act's intensity compares with what is usual for it."""

    MILDER = "milder", _("Milder")
    USUAL = "usual", _("As usual")
    STRONGER = "stronger", _("Stronger")
