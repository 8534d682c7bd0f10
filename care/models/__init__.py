"""The tables of the operational store; one module per neighbourhood."""

from care.models.account import Account, Membership, MembershipClinic, SignInAttempt, SignInSession
from care.models.base import Base, TenantOwned
from care.models.event import ExercisePrescription, ExerciseSession, Message, SurveyResponse
from care.models.importing import ImportRejection
from care.models.judgement import Alert, AlertEvent, Track
from care.models.network import NetworkStatistic, TenantSetting
from care.models.pathway import Enrollment, EnrollmentEvent, SurveyAssignment
from care.models.patient import CareTeamMember, Episode, Patient
from care.models.portal import PatientPassword, ResponseDraft, SurveyLink
from care.models.registry import AuditEvent, Definition, Rescoring
from care.models.replay import Replay
from care.models.tenancy import Clinic, Tenant, TenantLake

__all__ = [
    "Account", "Alert", "AlertEvent", "AuditEvent", "Base", "CareTeamMember", "Clinic", "Definition", "Enrollment",
    "EnrollmentEvent", "Episode", "ExercisePrescription", "ExerciseSession", "ImportRejection", "Membership",
    "MembershipClinic", "Message", "NetworkStatistic", "Patient", "PatientPassword", "Replay", "Rescoring",
    "ResponseDraft", "SignInAttempt", "SignInSession", "SurveyAssignment", "SurveyLink", "SurveyResponse", "Tenant",
    "TenantLake", "TenantOwned", "TenantSetting", "Track",
]  # fmt: skip
