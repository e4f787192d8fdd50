"""All settings in one file. Each comes from the environment; docs/settings.md lists them.

With nothing set, manage.py provides an embedded database and broker (see embedded.py).
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from genresite.environment import (
    all_or_none,
    env_bool,
    env_int,
    env_issuer,
    env_list,
    env_origins,
    env_path,
    env_rate,
    env_secret,
    env_text,
    env_url,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env_path("GENRESITE_DATA", BASE_DIR / "var")  # everything that the site keeps

# The site ---------------------------------------------------------------------------------------------

DEBUG = env_bool("DEBUG", False)
SECRET_KEY = env_secret("SECRET_KEY", DATA_DIR / "secret_key")
PORT = env_int("PORT", 8000)
SITE_URL = env_list("SITE_URL", f"http://127.0.0.1:{PORT}")[0].rstrip("/")
_site = urlsplit(SITE_URL)
HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = list({"127.0.0.1", "localhost", _site.hostname or "localhost", *env_list("ALLOWED_HOSTS")})
CSRF_TRUSTED_ORIGINS = [SITE_URL]
PROXIES = max(0, env_int("PROXIES", 0))  # of ours in front, each of which adds an address to X-Forwarded-For
PUBLIC = env_bool("PUBLIC", True)  # anybody may browse; otherwise one signs in first
SIGNUP_OPEN = env_bool("SIGNUP_OPEN", False)

INSTALLED_APPS = [
    "genresite",
    "catalog",
    "training",
    "inference",
    "genresite.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "rest_framework",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "genresite.middleware.RefuseOddRequests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "genresite.middleware.RefuseLargeBodies",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "genresite.urls"
WSGI_APPLICATION = "genresite.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "genresite.context.site",
            ]
        },
    }
]

# Database, broker, files --------------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.config(default="postgresql:///genresite", conn_max_age=60, conn_health_checks=True)
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

BROKER_URL = env_list("BROKER_URL", "redis://127.0.0.1:6379/0")[0]
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than any job: a message that comes back early is harmless (jobs are claimed in the database).
# A broker that hangs is given up on after seconds, and one that is away at once: the job then waits in the database.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 12 * 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
}
CELERY_TASK_DEFAULT_QUEUE = "cpu"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # nothing to keep on disk for a clock that ticks every few seconds
# Each run is worth something only at its time: while workers are busy they must not pile up.
CELERY_BEAT_SCHEDULE = {
    "send-waiting-jobs": {"task": "catalog.send_waiting_jobs", "schedule": 5.0, "options": {"expires": 5.0}},
    "sweep-scenes": {"task": "inference.sweep_scenes", "schedule": 300.0, "options": {"expires": 300.0}},
    "read-if-waiting": {"task": "inference.read_if_waiting", "schedule": 15.0, "options": {"expires": 15.0}},
    "predict-if-stale": {"task": "inference.predict_if_stale", "schedule": 60.0, "options": {"expires": 60.0}},
    "learn-title-words": {"task": "catalog.learn_title_words", "schedule": 120.0, "options": {"expires": 120.0}},
    "fold-search": {"task": "catalog.fold_search", "schedule": 15.0, "options": {"expires": 15.0}},
    "remove-stale-uploads": {"task": "catalog.remove_stale_uploads", "schedule": 600.0, "options": {"expires": 600.0}},
}

MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
CLIPS_DIR = env_path("CLIPS_DIR", DATA_DIR / "clips")
MODELS_DIR = env_path("MODELS_DIR", DATA_DIR / "models")
TENSORBOARD_DIR = env_path("TENSORBOARD_DIR", DATA_DIR / "tensorboard")
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
POSTER_MAX_BYTES = env_int("POSTER_MAX_MB", 20) * 2**20
CLIP_MAX_BYTES = env_int("CLIP_MAX_MB", 4096) * 2**20
FOOTAGE_URL_HOSTS = [host.lower().strip(".") for host in env_list("FOOTAGE_URL_HOSTS")]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
FILE_UPLOAD_TEMP_DIR = None

# Models -----------------------------------------------------------------------------------------------

TEXT_ENCODER = env_list("TEXT_ENCODER", "minilm")[0]  # "minilm", a hub id or a folder
IMAGE_ENCODER = env_list("IMAGE_ENCODER", "starter")[0]  # "starter", a hub id or a folder
# Where catalogue pages get a model's scores; catalog itself knows no models (docs/decisions).
FILM_SCORES = "inference.scores.champion_scores"
FRAME_TAGS = "inference.tags.seen.frame_tags"  # and what was seen in frames
FILMS_NEAR = "inference.meaning.near"  # films by what a text means
FILMS_LIKE = "inference.meaning.like"  # and films like a film
QUERY_SECONDS = env_int("QUERY_MILLISECONDS", 400) / 1000  # that a page waits for a worker to encode a query
RECEIPT_SECONDS = env_int("RECEIPT_SECONDS", 300)  # of training to tell what one person's decisions have moved

# Tagging frames: models are named here alone, for nobody who may use the site may say what is loaded or connected to.
TAG_MIN_SHARE = env_int("TAG_MIN_PERCENT", 10) / 100  # of a film's frames, for search to find the tag
TAGGER_CAPTIONER = env_list("TAGGER_CAPTIONER", "HuggingFaceTB/SmolVLM-256M-Instruct")[0]  # a hub id or a folder
TAGGER_DUAL = env_list("TAGGER_DUAL", "openai/clip-vit-base-patch32")[0]  # a hub id or a folder
TAGGER_URL = env_url("TAGGER_URL")  # of an OpenAI-compatible server, up to /v1
TAGGER_MODEL = os.environ.get("TAGGER_MODEL", "")  # as that server calls it
TAGGER_KEY = os.environ.get("TAGGER_KEY", "")
TAGGER_CONCURRENCY = max(1, env_int("TAGGER_CONCURRENCY", 4))
TAGGER_TIMEOUT = max(1, env_int("TAGGER_TIMEOUT", 120))  # seconds for one answer

# Accounts ---------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "catalog.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
ACCOUNT_ADAPTER = "genresite.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
MFA_ADAPTER = "genresite.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # clocks of telephones are up to half a minute off
SECOND_FACTOR = env_bool("SECOND_FACTOR", False)  # admins confirm with a code, and set an app up first
# The organisation's accounts (genresite/oidc): off unless all of the first three are set.
OIDC_ISSUER = env_issuer("OIDC_ISSUER")
OIDC_CLIENT_ID = env_text("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = env_text("OIDC_CLIENT_SECRET")
all_or_none(OIDC_ISSUER=OIDC_ISSUER, OIDC_CLIENT_ID=OIDC_CLIENT_ID, OIDC_CLIENT_SECRET=OIDC_CLIENT_SECRET)
OIDC_NAME = env_text("OIDC_NAME", "OpenID Connect")
OIDC_ORIGINS = env_origins("OIDC_ORIGINS")
OIDC_ROLE_CLAIM = env_text("OIDC_ROLE_CLAIM", "groups")
OIDC_ADMINS = env_text("OIDC_ADMINS")
OIDC_CURATORS = env_text("OIDC_CURATORS")
SOCIALACCOUNT_ADAPTER = "genresite.oidc.adapter.OrganisationAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # an address is no proof of who somebody is
SOCIALACCOUNT_STORE_TOKENS = False
# Rate limits must hold over all processes and survive a broker that is down.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "genresite_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # a cache that forgets counts would forget the limits
    }
}

# Languages --------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ko", _("Korean"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env_list("TIME_ZONE", "UTC")[0]
USE_TZ = True

# Security ---------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # asked from inside, without the proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = f"genresite_session_{PORT}"  # several sites may share one host
CSRF_COOKIE_NAME = f"genresite_csrf_{PORT}"
CSRF_FAILURE_VIEW = "catalog.views.site.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# API --------------------------------------------------------------------------------------------------

SECOND_REVIEWS = env_int("SECOND_REVIEW_PERCENT", 5) / 100  # of finished films are judged by a second person
API_WRITES = env_rate("API_WRITES", "120/min")  # per person
SCENE_QUESTIONS = env_rate("SCENE_QUESTIONS", "20/min")  # per person, or address of people who are not signed in
REST_FRAMEWORK = {
    "NUM_PROXIES": PROXIES,  # by itself REST framework believes whatever address a caller claims
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "genresite.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["genresite.permissions.ReadIfPublic"],
    "DEFAULT_THROTTLE_CLASSES": ["genresite.throttles.WriteThrottle"],
    "DEFAULT_FILTER_BACKENDS": ["genresite.filters.NamedFilters"],
    "DEFAULT_PAGINATION_CLASS": "genresite.pagination.StablePages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["genresite.parsers.StrictJSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "genresite.errors.answer",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "genresite",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "TermKind": "catalog.models.Term.Kind",
        "ChangeSetKind": "catalog.models.ChangeSet.Kind",
        "JobState": "catalog.models.Job.State",
        "RunState": "training.models.Run.State",
        "LabelValue": "catalog.models.Label.Value",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env_list("LOG_LEVEL", "INFO")[0]},
    # A tick every few seconds is no news, and of jobs the database knows more.
    "loggers": {name: {"level": "WARNING"} for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace")},
}
