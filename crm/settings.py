"""Settings. Everything an owner may set is an environment variable, listed in docs/settings.md."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ

from crm.runtime import broker_address, databases
from crm.runtime.home import home
from crm.version import VERSION as VERSION

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
HOME = home()
TESTING = "pytest" in sys.modules

# --- Django ---
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="only-for-commands-that-sign-nothing")
PUBLIC_URL = env.str("PUBLIC_URL", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
if PUBLIC_URL:
    ALLOWED_HOSTS.append(urlsplit(PUBLIC_URL).hostname)
    CSRF_TRUSTED_ORIGINS = ["://".join(urlsplit(PUBLIC_URL)[:2])]

INSTALLED_APPS = [
    "crm",
    "properties",
    "leads",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "pgtrigger",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
]

if TESTING:
    INSTALLED_APPS += ["tests.sample", "tests.trailed", "tests.listed"]

MIDDLEWARE = [
    "crm.watch.middleware.watch",
    "django.middleware.security.SecurityMiddleware",
    "crm.shell.headers.HardHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crm.owner.middleware.WholePageMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "crm.owner.middleware.ZoneMiddleware",
    "crm.owner.middleware.LastSeenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crm.audit.middleware.trail_context",
]

ROOT_URLCONF = "tests.urls" if TESTING else "crm.urls"
ASGI_APPLICATION = "crm.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # The cotton loader stands before the partials' one, or slots lose their partials.
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "libraries": {"owner": "crm.owner.templatetags.owner"},
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "django.templatetags.static",
                "crm.shell.template_tags",
                "crm.shell.marks",
                "crm.shell.money",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.shell.context.frame",
                "crm.notify.context.bell",
            ],
        },
    }
]
COTTON_DIR = "components"
# A component sees what it is given, not whatever its page happens to call `title`.
COTTON_ISOLATE_BY_DEFAULT = True
FORM_RENDERER = "crm.shell.forms.Renderer"

# --- Data ---
DATABASE_URL = env.str("DATABASE_URL", default="postgresql:///porchlight")
# The role that owns the tables; without one of its own the application's role does both.
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", default="") or DATABASE_URL
AS_OWNER = env.bool("PORCHLIGHT_AS_OWNER", default=TESTING)
# "web" shares a pool among its threads, "worker" keeps its connection, a command has one.
PROCESS = env.str("PORCHLIGHT_PROCESS", default="command")
DATABASES = {
    "default": databases.settings(DATABASE_OWNER_URL if AS_OWNER else DATABASE_URL, process=PROCESS)
}

# --- The vault ---
# Where the keyring lies on a server; on the agent's own machine it is in the folder of keys.
VAULT_KEYRING = env.str("PORCHLIGHT_KEYRING", default="")
# Whose numbering plan a phone number without a country belongs to.
PHONE_REGION = env.str("PHONE_REGION", default="PH")
ATTACHMENT_MAX_MB = env.int("ATTACHMENT_MAX_MB", default=25)
# What may be kept is never on disk unsealed: an upload waits in memory until it is.
FILE_UPLOAD_MAX_MEMORY_SIZE = (2 * ATTACHMENT_MAX_MB + 1) * 1024 * 1024
# --- Backups ---
BACKUPS = Path(env.str("PORCHLIGHT_BACKUPS", default=str(HOME.backups)))
KEY_BACKUPS = Path(env.str("PORCHLIGHT_KEY_BACKUPS", default=str(BACKUPS / "keys")))

# --- Logs ---
# What a record may say is settled when it is made (crm.vault.redact), for every handler alike.
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # Statements carry values.
        "django.db.backends": {"level": "WARNING"},
    },
}

# --- E-mail: to the console where no server is named ---
vars().update(env.email("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str(
    "EMAIL_FROM", default="Porchlight <porchlight@localhost>"
)
# Requests of ours go to the outside only; a developer's own servers stand on loopback.
OUTGOING_LOOPBACK = env.bool("OUTGOING_LOOPBACK", default=False)

# --- Broker and tasks ---
REDIS_URL = env.str("REDIS_URL", default="")
CELERY_BROKER_URL = broker_address.for_celery(REDIS_URL)
CELERY_IMPORTS = ["crm.runtime.tasks"]
# Longer than any task may take, in each of the three places where Celery keeps it; a task
# that outlived it would be handed out again while it still runs.
VISIBILITY_TIMEOUT = 900
CELERY_VISIBILITY_TIMEOUT = VISIBILITY_TIMEOUT
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": VISIBILITY_TIMEOUT}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": VISIBILITY_TIMEOUT,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    **broker_address.PATIENCE,
}
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 570
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
# A broker that comes back late finds its workers still asking.
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# What runs may finish: its truth is in the database, and a second hint finds it locked.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False

# Tests ask for the banner by itself: elsewhere its query would be counted with the page.
BANNER_OF_STANDSTILL = not TESTING
# --- Counters that all processes share ---
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "porchlight",
        "OPTIONS": {"socket_connect_timeout": 3, "socket_timeout": 3},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "crm_cache"}
}

# --- Sign-in ---
AUTH_USER_MODEL = "crm.Owner"
AUTHENTICATION_BACKENDS = ["crm.owner.backend.OwnerBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
# 10 guesses in 10 minutes: by address, and by the one account or the known browser.
GUESSES_BY_DEVICE = "10/10m/key"
ACCOUNT_RATE_LIMITS = {
    "login_failed": f"10/10m/ip,{GUESSES_BY_DEVICE}",
    "reauthenticate": "10/10m/user",
    # The page itself is free: a refused guess costs nothing, and strangers behind the same
    # address must not close the owner's door.
    "login": None,
}
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
ACCOUNT_ADAPTER = "crm.owner.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Porchlight] "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SESSION_COOKIE_SECURE else "http"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "crm.owner.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "crm.owner.forms.CodeForm",
    "login_webauthn": "crm.owner.forms.PasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
# A code of the step before or after is taken too; crm.owner.codes takes each only once.
MFA_TOTP_TOLERANCE = 1

# --- Watch: what is noted of how the house runs ---
WATCH = env.bool("WATCH", default=True)
WATCH_IN_BACKGROUND = not TESTING
WATCH_SLOW_PAGE_MS = env.float("WATCH_SLOW_PAGE_MS", default=500)
WATCH_SLOW_QUERY_MS = env.float("WATCH_SLOW_QUERY_MS", default=100)

# --- Language, time ---
LANGUAGE_CODE, TIME_ZONE = "en", "UTC"

# --- Static files ---
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "crm" / "shell" / "static"]
STATIC_ROOT = HOME.state / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "crm.shell.storage.HashedStorage"
    },
}

# --- Security headers: over https everything is marked so; on a private machine there is none ---
HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# The proxy sends plain requests on to HTTPS; the same machine is also asked without it, at home.
SILENCED_SYSTEM_CHECKS = ["security.W008"]
