"""Every address of the site."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from catalog.feeds import saved_search_feed
from catalog.views import (
    account,
    bulk,
    changes,
    differences,
    film,
    flags,
    footage,
    imports,
    jobs,
    media,
    merging,
    retracting,
    review,
    review_answers,
    review_keys,
    saved,
    search,
    site,
    suggest,
    terms,
    tokens,
)
from genresite import health
from genresite.sign_in import sign_in_link
from inference import preview_views as previews
from inference import views as inference
from inference.health import views as label_health
from inference.meaning import views as meaning
from inference.own import views as own
from inference.scenes import views as scene_views
from inference.tags import views as tagging
from inference.thresholds import views as thresholds
from inference.trying import views as trying
from training import comparison_views as comparing
from training import views as training

handler403 = "catalog.views.site.forbidden"
handler404 = "catalog.views.site.not_found"
handler429 = "catalog.views.site.too_many"
handler500 = "catalog.views.site.server_error"

_film = [
    path("", film.film, name="film"),
    path("history/", film.history, name="history"),
    path("poster/", film.poster, name="poster-upload"),
    path("report/", flags.report, name="report"),
    path("heatmaps/", inference.heatmaps, name="heatmaps"),
    path("features/", inference.features, name="features"),
    path("similar/", meaning.similar, name="similar"),
    path("tags-from-frames/", tagging.frame_tags, name="frame-tags"),
    path("tags-from-frames/generate/", tagging.generate, name="generate-tags"),
    path("tags-from-frames.csv", tagging.film_file, name="frame-tags-file"),
    path("heatmaps/<slug:which>/<slug:slug>.png", inference.heatmap, name="heatmap"),
    path("<slug:kind>/<slug:slug>/decide/", film.decide, name="decide"),
    path("<slug:kind>/<slug:slug>/lock/", film.lock, name="lock"),
]

_clips = [
    path("", footage.clips, name="clips"),
    path("<int:pk>/", footage.clip, name="clip"),
    path("<int:pk>/sections/", footage.sections, name="clip-sections"),
    path("<int:pk>/extract/", footage.extract, name="clip-extract"),
    path("<int:pk>/remove/", footage.remove, name="clip-remove"),
    path("uploads/<uuid:pk>/cancel/", footage.cancel_upload, name="upload-cancel"),
]

_review = [
    path("", review.review, name="review"),
    path("next/", review.next_film, name="review-next"),
    path("undo/", review_answers.undo, name="review-undo"),
    path("keys/", review_keys.keys, name="review-keys"),
    path("films/<str:key>/", review.film, name="review-film"),
    path("films/<str:key>/answer/", review_answers.answer, name="review-answer"),
    path("films/<str:key>/finish/", review_answers.finish, name="review-finish"),
    path("films/<str:key>/skip/", review_answers.skip, name="review-skip"),
    path("films/<str:key>/lock/", review_answers.lock, name="review-lock"),
    path("films/<str:key>/remark/", review_answers.remark, name="review-remark"),
    path("films/<str:key>/claim/", review_answers.claim, name="review-claim"),
]

_differences = [
    path("", differences.differences, name="differences"),
    path("<int:pk>/settle/", differences.settle, name="difference-settle"),
    path("<int:pk>/reopen/", differences.reopen, name="difference-reopen"),
]

_tags = [
    path("frames.csv", tagging.all_file, name="all-frame-tags-file"),
    path("candidates/", tagging.tag_candidates, name="tag-candidates"),
    path("candidates/add/", tagging.add_tag, name="add-tag"),
    path("candidates/leave-out/", tagging.leave_out_tag, name="leave-out-tag"),
]

_searches = [
    path("", saved.searches, name="searches"),
    path("<uuid:token>.atom", saved_search_feed, name="search-feed"),
    path("<int:pk>/rename/", saved.rename, name="search-rename"),
    path("<int:pk>/delete/", saved.delete, name="search-delete"),
]

_try = [
    path("", trying.try_it, name="try"),
    path("<slug:slug>/", trying.tried, name="tried"),
    path("<slug:slug>/poster.jpg", trying.tried_poster, name="tried-poster"),
    path("<slug:slug>/forget/", trying.forget, name="try-forget"),
    path("<slug:slug>/keep/", trying.keep, name="try-keep"),
]

_tokens = [
    path("", tokens.tokens, name="tokens"),
    path("<int:pk>/revoke/", tokens.revoke, name="token-revoke"),
]

_you = [
    path("", account.account, name="account"),
    path("data.json", account.data, name="own-data"),
    path("erase/", account.erase, name="erase"),
]

_import = [
    path("", imports.imports, name="import"),
    path("names/", imports.source_names, name="source-names"),
    path("names/<int:pk>/", imports.map_name, name="map-name"),
]

_jobs = [
    path("", jobs.jobs, name="jobs"),
    path("<int:pk>/", jobs.job, name="job"),
    path("<int:pk>/cancel/", jobs.cancel, name="job-cancel"),
    path("<int:pk>/retry/", jobs.retry, name="job-retry"),
    path("export/", jobs.export, name="export"),
    path("<int:pk>/file/", jobs.exported, name="job-file"),
    path("<int:pk>/errors.csv", jobs.errors, name="job-errors"),
    path("<int:pk>/import/", imports.import_start, name="import-start"),
]

_models = [
    path("", training.models, name="models"),
    path("retrain/", training.retrain, name="retrain"),
    path("compare/", comparing.comparisons, name="comparisons"),
    path("compare/new/", comparing.compare, name="compare"),
    path("compare/<slug:name>/", comparing.comparison, name="comparison"),
    path("compare/<slug:name>/report.html", comparing.comparison_report, name="comparison-report"),
    path("compare/<slug:name>/figures.json", comparing.comparison_figures, name="comparison-figures"),
    path("<slug:name>/", training.version, name="version"),
    path("<slug:name>/preview/", previews.preview, name="preview"),
    path("<slug:name>/terms/<slug:slug>/", thresholds.threshold, name="version-term"),
    path("<slug:name>/terms/<slug:slug>/set/", thresholds.set_, name="threshold-set"),
    path("<slug:name>/terms/<slug:slug>/back/", thresholds.back, name="threshold-back"),
    path("<slug:name>/promote/", training.promote, name="promote"),
    path("<slug:task>/rollback/", training.rollback, name="rollback"),
]

_terms = [
    path("", terms.terms, name="terms"),
    path("new/", terms.add, name="term-add"),
    path("changes/<int:pk>/undo/", terms.undo_change, name="term-undo"),
    path("<slug:kind>/<slug:slug>/", terms.term, name="term"),
    path("<slug:kind>/<slug:slug>/edit/", terms.edit, name="term-edit"),
    path("<slug:kind>/<slug:slug>/guideline/", terms.guideline, name="term-guideline"),
    path("<slug:kind>/<slug:slug>/examples/", terms.examples, name="term-examples"),
    path("<slug:kind>/<slug:slug>/use/", terms.use, name="term-use"),
    path("<slug:kind>/<slug:slug>/merge/", merging.merge, name="term-merge"),
]

_bulk = [
    path("", bulk.bulk, name="bulk"),
    path("accept/", bulk.accept, name="bulk-accept"),
    path("films/", bulk.edit, name="bulk-edit"),
]

_changes = [
    path("", changes.changes, name="changes"),
    path("<int:pk>/", changes.change, name="change"),
    path("by/<str:username>/", retracting.retract, name="retract"),
    path("<int:pk>/undo/", film.undo, name="undo"),
    path("<int:pk>/take-back/", changes.undo, name="change-undo"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", search.films, name="films"),
    path("searches/", include(_searches)),
    path("suggest/", suggest.suggestions, name="suggest"),
    path("films/<str:key>/clips/", include(_clips)),
    path("films/<str:key>/", include(_film)),
    path("tags/", include(_tags)),
    path("review/differences/", include(_differences)),
    path("health/labels/", label_health.labels, name="label-health"),
    path("me/", own.me, name="me"),
    path("review/", include(_review)),
    path("flags/", flags.flags, name="flags"),
    path("flags/<int:pk>/resolve/", flags.resolve, name="flag-resolve"),
    path("changes/", include(_changes)),
    path("terms/", include(_terms)),
    path("bulk/", include(_bulk)),
    path("import/", include(_import)),
    path("jobs/", include(_jobs)),
    path("models/", include(_models)),
    path("runs/<int:pk>/", training.run, name="run"),
    path("predict/", training.predict, name="predict"),
    path("try/", include(_try)),
    path("scenes/", scene_views.scenes, name="scenes"),
    path("scenes/<slug:slug>/", scene_views.scene, name="scene"),
    path("media/<path:path>", media.media, name="media"),
    path("theme/", site.theme, name="theme"),
    path("accounts/you/", include(_you)),
    path("accounts/tokens/", include(_tokens)),
    path("accounts/", include("genresite.account_urls")),
    path("admin/", admin.site.urls),
    path("api/", include("genresite.api_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("sign-in/<str:uid>/<str:token>/", sign_in_link, name="sign-in-link"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
