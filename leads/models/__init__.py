from leads.models.belonging import LeadArea, LeadTag
from leads.models.cadence import Cadence
from leads.models.consent import Consent
from leads.models.contact_point import ContactPoint
from leads.models.custom_field import CustomField, CustomValue
from leads.models.deal import Deal
from leads.models.duplicate import Duplicate, DuplicateSearch, Merge
from leads.models.follow_up import FollowUp
from leads.models.follow_up_rules import CalendarFeed, FollowUpRules
from leads.models.follow_up_template import FollowUpStep, FollowUpTemplate
from leads.models.interaction import Attachment, Interaction
from leads.models.lead import Lead
from leads.models.name_word import NameWord
from leads.models.naming import BuyerProfile, Campaign, Household, Source, Tag
from leads.models.outgoing_message import OutgoingMessage
from leads.models.relationship import Relationship
from leads.models.reminder import Reminder
from leads.models.rules import PutOff, Score, ScoreWeight, TodayWeight
from leads.models.scoring import ScoreDue, ScoreWalk, SourceRecord
from leads.models.stage import Stage
from leads.models.stage_change import StageChange, StageTally
from leads.models.today import TodayCount

__all__ = [
    "Attachment",
    "BuyerProfile",
    "Cadence",
    "CalendarFeed",
    "Campaign",
    "Consent",
    "ContactPoint",
    "CustomField",
    "CustomValue",
    "Deal",
    "Duplicate",
    "DuplicateSearch",
    "FollowUp",
    "FollowUpRules",
    "FollowUpStep",
    "FollowUpTemplate",
    "Household",
    "Interaction",
    "Lead",
    "LeadArea",
    "LeadTag",
    "Merge",
    "NameWord",
    "OutgoingMessage",
    "PutOff",
    "Relationship",
    "Reminder",
    "Score",
    "ScoreDue",
    "ScoreWalk",
    "ScoreWeight",
    "Source",
    "SourceRecord",
    "Stage",
    "StageChange",
    "StageTally",
    "Tag",
    "TodayCount",
    "TodayWeight",
]
