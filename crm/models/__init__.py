from crm.models.ailment import Ailment
from crm.models.api_token import ApiToken
from crm.models.backup import Backup
from crm.models.bulk_run import BulkRun
from crm.models.data_key import DataKey
from crm.models.delivery import Delivery
from crm.models.erasure import Erasure
from crm.models.event import Event, Subject
from crm.models.heartbeat import Heartbeat
from crm.models.list_count import ListCount
from crm.models.live_message import LiveMessage
from crm.models.notification import Notification
from crm.models.notification_delivery import NotificationDelivery
from crm.models.notification_rules import NotificationPreference, NotificationRules
from crm.models.one_time_link import OneTimeLink
from crm.models.operation import Operation
from crm.models.owner import Owner
from crm.models.preferences import Preferences
from crm.models.push_key import PushKey
from crm.models.push_subscription import PushSubscription
from crm.models.retention import RetentionRule, RetentionRun
from crm.models.seal import Seal
from crm.models.security_event import SecurityEvent
from crm.models.sent_form import SentForm
from crm.models.smart_list import SmartList
from crm.models.tick import Tick
from crm.models.trail import Trail
from crm.models.watch_problem import Problem
from crm.models.watch_request import RequestEntry, RouteTime
from crm.models.watch_sample import HealthSample
from crm.models.watch_slow import SlowWork

__all__ = [
    "Ailment",
    "ApiToken",
    "Backup",
    "BulkRun",
    "DataKey",
    "Delivery",
    "Erasure",
    "Event",
    "HealthSample",
    "Heartbeat",
    "ListCount",
    "LiveMessage",
    "Notification",
    "NotificationDelivery",
    "NotificationPreference",
    "NotificationRules",
    "OneTimeLink",
    "Operation",
    "Owner",
    "Preferences",
    "Problem",
    "PushKey",
    "PushSubscription",
    "RequestEntry",
    "RetentionRule",
    "RetentionRun",
    "RouteTime",
    "Seal",
    "SecurityEvent",
    "SentForm",
    "SlowWork",
    "SmartList",
    "Subject",
    "Tick",
    "Trail",
]
