"""Settings, read from the environment (every ``X`` may also be given as ``X_FILE``, a path)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import environ

from cehours.lib.services import broker_url, kept_in, path_or_none

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
# Said by /readyz, so that a demo knows its own answer from a stranger's.
INSTANCE = env.str("INSTANCE", default="")
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_cotton",
    "django_htmx",
    "django_structlog",
    "cehours",
    "cehours.my_data",
    "organizations",
    "training",
    "applications",
    "certificates",
    "review",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # above WhiteNoise: an SVG opened by itself is a page, too
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cehours.middleware.Utf8Middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cehours.middleware.PlatformSessionMiddleware",
    "cehours.middleware.SessionLimitsMiddleware",
    "cehours.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "cehours.middleware.NoStoreMiddleware",
    "cehours.middleware.SecondFactorMiddleware",
    "cehours.middleware.ActorMiddleware",
]

CSRF_FAILURE_VIEW = "cehours.site.views.csrf_failure"
ROOT_URLCONF = "cehours.urls"
WSGI_APPLICATION = "cehours.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cehours.site.context.site",
            ],
        },
    }
]
COTTON_DIR = "cotton"

# --- Database: one alias. The runtime role owns nothing and bypasses nothing; `migrate` runs as the owner. Whoever is
# given the workers' address (worker, beat, manage.py; never web) may act as the system.
_WORKS = {"DATABASE_WORKER_URL", "DATABASE_WORKER_URL_FILE"} & os.environ.keys()
DATABASES = {"default": env.db("DATABASE_WORKER_URL" if _WORKS else "DATABASE_URL")}
DATABASES["default"].update(
    CONN_MAX_AGE=env.int("CONN_MAX_AGE", default=600), CONN_HEALTH_CHECKS=True, ATOMIC_REQUESTS=False
)
DATABASES["default"].setdefault("OPTIONS", {})
RUNTIME_ROLE = env.str("DATABASE_RUNTIME_ROLE", default="cehours_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: cache and broker; nothing that must not be lost lives there.
REDIS_URL = env.str("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=broker_url(REDIS_URL))
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120  # stays below the broker's visibility timeout, so no task runs twice at once
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 512 * 1024  # KiB; printing needs 180 MB, a larger process is replaced
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "default"
# Batches have a queue of their own: a chunk must not wait behind the certificates of the chunks before it.
# What many approvals ask for at once is printed in lots, behind what is asked for singly.
CELERY_TASK_ROUTES = {
    "certificates.print_waiting": {"queue": "render_many"},
    "certificates.*": {"queue": "render"},
    "review.run_batch": {"queue": "batch"},
}
OUTBOX_LOTS = {
    "certificates.render": "certificates.print_waiting",
    "organizations.deliver_notice": "organizations.deliver_waiting",
}
CELERY_TIMEZONE = "Asia/Shanghai"
OUTBOX_SWEEP_SECONDS = env.float("OUTBOX_SWEEP_SECONDS", default=15)
# How long a decision can be taken back before it takes effect (A75); 0: it takes effect at once.
DECISION_DELAY_SECONDS = env.float("DECISION_DELAY_SECONDS", default=20 if DEMO else 60)
BATCH_DELAY_SECONDS = env.float("BATCH_DELAY_SECONDS", default=60 if DEMO else 900)
STAFF_DIGEST_HOUR = env.int("STAFF_DIGEST_HOUR", default=8)  # in Asia/Shanghai, on working days; 24: never
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "organizations.sweep", "schedule": OUTBOX_SWEEP_SECONDS},
    "sweep_exports": {"task": "my_data.sweep", "schedule": 3600},
    "tidy_storage": {"task": "applications.tidy_storage", "schedule": 24 * 3600},
    "tidy_exports": {"task": "review.tidy_exports", "schedule": 3600},
    "checkpoint": {"task": "audit.checkpoint", "schedule": 600},
    "credit_late": {"task": "training.credit_late", "schedule": 3600},
    "take_all_waiting": {"task": "training.take_all_waiting", "schedule": 3600},
    "ask_platform_again": {"task": "training.ask_platform_again", "schedule": 60},
    "digests": {"task": "review.ask_digests", "schedule": 600},
}

# --- Sessions, cookies, browser
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600  # from signing in, whatever is done since
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_MINUTES", default=60) * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True  # forms and hx-headers carry the token; no script reads the cookie
SECURE_SSL_REDIRECT = HTTPS and env.bool("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz)$"]
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
# Throttles count by address: behind a proxy the province would otherwise share one.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=1 if BEHIND_PROXY else 0)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}

# --- Accounts
AUTH_USER_MODEL = "organizations.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "organizations.forms.passwords.LongEnough", "OPTIONS": {"min_length": 8}},
    {"NAME": "organizations.forms.passwords.NotCommon"},
    {"NAME": "organizations.forms.passwords.NotOnlyDigits"},
    {
        "NAME": "organizations.forms.passwords.UnlikeTheOwner",
        "OPTIONS": {"user_attributes": ("username", "display_name", "phone", "email")},
    },
]
LOGIN_REDIRECT_URL = "site:start"
LOGIN_URL = "account_login"
ACCOUNT_LOGOUT_REDIRECT_URL = "site:home"
ACCOUNT_ADAPTER = "organizations.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email", "phone"}
# No account is opened before its contact was proven (organizations.accounts.codes).
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None  # addresses are indexed rows of account_emailaddress, nowhere else
ACCOUNT_PRESERVE_USERNAME_CASING = False  # lower case, so that signing in is one look into an index
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False  # office computers are shared: the session ends with the browser
ACCOUNT_RATE_LIMITS = {
    "login": None,  # allauth's own would count browsers that the account's owner has used, too
    "login_elsewhere": "60/m/ip",
    "login_failed": "5/5m/key",
    "login_failed_elsewhere": "30/m/ip",
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/m/key",
    "change_password": "5/m/user",
    "second_factor_app": "10/5m/user",
    "send_code": "10/d/key,120/h/ip",
    "send_code_again": "1/m/key",
    "accept_invitation": "10/h/key",
    # One office checks many papers; one paper is seldom checked twice. Names and codes cannot be tried out.
    "verify_certificate": "60/5m/ip,8/10m/key,40/d/key",
    "verify_code": "60/5m/ip,8/10m/key,40/d/key",
    "verify_file": "30/5m/ip",
    "verify_list": "30/5m/key,300/d/key",
    "verify_api": "120/m/key,20000/d/key",
    "learning_api": "120/m/key,20000/d/key",
    "learning_failed": "60/m/ip",
}

# --- The second factor (二次验证): off, or demanded of everybody who works for a unit
SECOND_FACTOR = env.str("SECOND_FACTOR", default="off")
SECOND_FACTOR_LASTS = 600  # seconds after which it is asked again where much depends on it
# The one account of the demo that has one; its codes stand in the demo's mailbox, like all that is sent.
DEMO_SECOND_FACTOR = "CEHOURSDEMOCEHOURSDEMOCEHOURSDEM"
MFA_ADAPTER = "organizations.accounts.second_factor.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # telephones and office servers differ by some seconds
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an account's addresses are proven before they are its own

# --- Bureau staff may come in from the province's HR platform (OpenID Connect); off without an issuer
PLATFORM_ISSUER = env.str("PLATFORM_ISSUER", default="")
PLATFORM_CLIENT_ID = env.str("PLATFORM_CLIENT_ID", default="")
# A file with one line often ends in a newline.
PLATFORM_CLIENT_SECRET = env.str("PLATFORM_CLIENT_SECRET", default="").strip()
PLATFORM_NAME = env.str("PLATFORM_NAME", default="人社一体化平台")
# What the platform says of its own second factor: values of `acr` and of `amr` that count as one here.
PLATFORM_ACR_VALUES = env.list("PLATFORM_ACR_VALUES", default=[])
PLATFORM_AMR_VALUES = env.list("PLATFORM_AMR_VALUES", default=[])
SOCIALACCOUNT_ADAPTER = "organizations.accounts.sign_on.PlatformAccounts"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"provider_class": "organizations.accounts.sign_on.Platform"}}
SOCIALACCOUNT_REQUESTS_TIMEOUT = env.float("PLATFORM_TIMEOUT", default=5)

# --- The 公共机构学习平台, asked for records which are kept under the 报送单位 of this code; off without an address
LEARNING_PLATFORM_URL = env.str("LEARNING_PLATFORM_URL", default="")
LEARNING_PLATFORM_KEY = env.str("LEARNING_PLATFORM_KEY", default="")
LEARNING_PLATFORM_SECRET = env.str("LEARNING_PLATFORM_SECRET", default="").strip()
LEARNING_PLATFORM_PROVIDER = env.str("LEARNING_PLATFORM_PROVIDER", default="SYPT")
LEARNING_PLATFORM_TIMEOUT = env.float("LEARNING_PLATFORM_TIMEOUT", default=10)

# --- Identity numbers (research: AES-256-GCM bound to the row, keyed blind index)
FIELD_KEYS = env.str("FIELD_KEYS")
BLIND_INDEX_KEY = env.str("BLIND_INDEX_KEY")


# --- Files
S3_BUCKET = env.str("S3_BUCKET", default="")
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media")))
# Keys are content hashes or ids: the same key is the same bytes.
_private = kept_in(env, "S3", S3_BUCKET, MEDIA_ROOT, overwrite=True)
# Checkpoints of the trail lie apart from the database and from these files, where neither role can change them.
CHECKPOINT_KEY_FILE = env.str("CHECKPOINT_KEY_FILE", default="")  # Ed25519, PEM; without one none are taken
_log = Path(env.str("CHECKPOINT_ROOT", default=str(BASE_DIR / "var" / "checkpoints")))
_checkpoints = kept_in(env, "CHECKPOINT", env.str("CHECKPOINT_BUCKET", default=""), _log, overwrite=False)
_plain = DEBUG or "pytest" in sys.modules
_assets = "django.contrib.staticfiles.storage.StaticFilesStorage" if _plain else "cehours.assets.HashedAssets"
STORAGES = {"default": _private, "checkpoints": _checkpoints, "staticfiles": {"BACKEND": _assets}}

# --- Certificates: one in so many is also laid out in full and compared with what the exchange wrote; 0 for none
CERTIFICATE_COMPARE_EVERY = env.int("CERTIFICATE_COMPARE_EVERY", default=1000)

# --- The seal on certificates (docs/operations.md): a key here, or a provincial service
SEAL_PKCS12 = env.str("SEAL_PKCS12", default="")
SEAL_PKCS12_PASSWORD = env.str("SEAL_PKCS12_PASSWORD", default="")
SEAL_PKCS11_MODULE = env.str("SEAL_PKCS11_MODULE", default="")
SEAL_PKCS11_TOKEN = env.str("SEAL_PKCS11_TOKEN", default="")
SEAL_PKCS11_LABEL = env.str("SEAL_PKCS11_LABEL", default="seal")
SEAL_PKCS11_PIN = env.str("SEAL_PKCS11_PIN", default="")
SEAL_SERVICE_URL = env.str("SEAL_SERVICE_URL", default="")
SEAL_SERVICE_TOKEN = env.str("SEAL_SERVICE_TOKEN", default="")
SEAL_SERVICE_TIMEOUT = env.float("SEAL_SERVICE_TIMEOUT", default=20)
# How many documents a printing process hands to a token, a service or a time-stamp authority at once.
SEAL_AT_ONCE = env.int("SEAL_AT_ONCE", default=4)
SEAL_TIMESTAMP_URL = env.str("SEAL_TIMESTAMP_URL", default="")
SEAL_TIMESTAMP_TRUSTED = path_or_none(env, "SEAL_TIMESTAMP_TRUSTED")
SEAL_TRUSTED = path_or_none(env, "SEAL_TRUSTED")
# A demo makes its own key, which binds nobody; without DEMO there is no seal until a key is configured.
SEAL_DEMO_FOLDER = env.str("SEAL_DEMO_FOLDER", default=str(MEDIA_ROOT.parent / "seal") if DEMO else "")
_seal = "service.ServiceSeal" if SEAL_SERVICE_URL else "software.SoftwareSeal"
SEAL_BACKEND = env.str("SEAL_BACKEND", default=f"certificates.sealing.{_seal}")

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 25_000  # a batch may name every row of a page and of its filter
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "cehours.uploads.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# The virus scanner for evidence: unix:///run/clamav/clamd.ctl or tcp://clamav:3310; empty turns it off.
CLAMD = env.str("CLAMD", default="")

# --- Messages to people
vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="no-reply@cehours.example")
SMS_BACKEND = env.str("SMS_BACKEND", default="organizations.messaging.sms.ConsoleSms")

# --- Language, time
LANGUAGE_CODE, TIME_ZONE = "zh-hans", "Asia/Shanghai"
USE_TZ = USE_I18N = True

# --- Logs
LOG_FORMAT = env.str("LOG_FORMAT", default="json")
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
from cehours.logging import logging_config  # noqa: E402 -- needs nothing above, but reads better last

LOGGING = logging_config(LOG_FORMAT, LOG_LEVEL)
