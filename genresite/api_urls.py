"""Every address of the API."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from catalog.api import (
    bulk,
    changes,
    clips,
    films,
    imports,
    jobs,
    labels,
    review,
    searches,
    source_names,
    suggestions,
    terms,
    uploads,
)
from genresite import api_docs
from inference import api as inference
from inference import preview_views as previews
from inference.health import api as label_health
from inference.meaning import api as meaning
from inference.own import api as own
from inference.tags import api as tag_api
from inference.thresholds import api as threshold_api
from inference.trying import api as try_api
from training import api as training
from training.captioner.api import FinetuneTagger

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", api_docs.docs, name="api-docs"),
    # films and what is said of them
    path("films/", films.Films.as_view(), name="api-films"),
    path("near/", meaning.FilmsNear.as_view(), name="api-near"),
    path("films/<str:key>/", films.FilmDetail.as_view(), name="api-film"),
    path("films/<str:key>/decisions/", films.FilmDecisions.as_view(), name="api-film-decisions"),
    path("films/<str:key>/heatmaps/", inference.FilmHeatmaps.as_view(), name="api-film-heatmaps"),
    path("films/<str:key>/similar/", meaning.FilmsLike.as_view(), name="api-film-similar"),
    path("films/<str:key>/tags-from-frames/", tag_api.FilmFrameTags.as_view(), name="api-film-frame-tags"),
    path("films/<str:key>/tags-from-frames/generate/", tag_api.GenerateFilmTags.as_view(), name="api-generate-tags"),
    path("films/<str:key>/labels/", labels.FilmLabels.as_view(), name="api-film-labels"),
    path("films/<str:key>/labels/<slug:kind>/<slug:slug>/", labels.DecideLabel.as_view(), name="api-decide"),
    path("films/<str:key>/labels/<slug:kind>/<slug:slug>/lock/", labels.LockLabel.as_view(), name="api-lock"),
    # searching
    path("suggest/", suggestions.Suggest.as_view(), name="api-suggest"),
    path("searches/", searches.SavedSearches.as_view(), name="api-searches"),
    path("searches/<int:pk>/", searches.SavedSearchDetail.as_view(), name="api-search"),
    # footage
    path("films/<str:key>/clips/", clips.FilmClips.as_view(), name="api-film-clips"),
    path("films/<str:key>/clips/uploads/", uploads.Uploads.as_view(), name="api-clip-uploads"),
    path("films/<str:key>/clips/uploads/<uuid:pk>/", uploads.one_upload, name="api-clip-upload"),
    path("clips/<int:pk>/", clips.ClipDetail.as_view(), name="api-clip"),
    path("clips/<int:pk>/frames/", clips.ClipFrames.as_view(), name="api-clip-frames"),
    path("clips/<int:pk>/extract/", clips.ExtractFrames.as_view(), name="api-clip-extract"),
    # labels and their history
    path("labels/", labels.Labels.as_view(), name="api-labels"),
    path("labels/decide/", labels.DecideMany.as_view(), name="api-decide-many"),
    path("decisions/", changes.Decisions.as_view(), name="api-decisions"),
    path("changes/", changes.ChangeSets.as_view(), name="api-changes"),
    path("changes/<int:pk>/", changes.ChangeSetDetail.as_view(), name="api-change"),
    path("changes/<int:pk>/undo/", changes.UndoChangeSet.as_view(), name="api-undo"),
    path("changes/by/<str:username>/retract/", changes.Retract.as_view(), name="api-retract"),
    path("terms/", terms.Terms.as_view(), name="api-terms"),
    path("terms/<slug:kind>/<slug:slug>/", terms.TermDetail.as_view(), name="api-term"),
    path("terms/<slug:kind>/<slug:slug>/examples/", terms.TermExamples.as_view(), name="api-term-examples"),
    path("terms/<slug:kind>/<slug:slug>/merge/", terms.MergeTerm.as_view(), name="api-term-merge"),
    path("term-changes/", terms.TermChanges.as_view(), name="api-term-changes"),
    path("term-changes/<int:pk>/undo/", terms.UndoTermChange.as_view(), name="api-term-undo"),
    path("bulk/accept/", bulk.AcceptByRule.as_view(), name="api-bulk-accept"),
    path("bulk/films/", bulk.EditFilms.as_view(), name="api-bulk-edit"),
    path("source-names/", source_names.SourceNames.as_view(), name="api-source-names"),
    path("source-names/<int:pk>/", source_names.MapSourceName.as_view(), name="api-source-name"),
    path("import/", imports.start_import, name="api-import"),
    # the review desk
    path("review/next/", review.NextForReview.as_view(), name="api-review-next"),
    path("review/films/<str:key>/finish/", review.FinishReview.as_view(), name="api-review-finish"),
    path("review/films/<str:key>/skip/", review.SkipReview.as_view(), name="api-review-skip"),
    # models
    path("predictions/", inference.Predictions.as_view(), name="api-predictions"),
    path("predict/", inference.Predict.as_view(), name="api-predict"),
    path("try/", try_api.try_it, name="api-try"),
    path("try/<slug:token>/", try_api.Tried.as_view(), name="api-tried"),
    path("versions/", training.Versions.as_view(), name="api-versions"),
    path("versions/<str:name>/", training.VersionDetail.as_view(), name="api-version"),
    path("versions/<str:name>/promote/", training.Promote.as_view(), name="api-promote"),
    path("versions/<str:name>/terms/<slug:slug>/", threshold_api.TermThreshold.as_view(), name="api-version-term"),
    path("versions/<str:name>/preview/", previews.PreviewPromotion.as_view(), name="api-preview"),
    path("rollback/<slug:task>/", training.Rollback.as_view(), name="api-rollback"),
    path("runs/", training.Runs.as_view(), name="api-runs"),
    path("runs/<int:pk>/", training.RunDetail.as_view(), name="api-run"),
    path("retrain/", training.Retrain.as_view(), name="api-retrain"),
    path("retrain/price/", training.RetrainPrice.as_view(), name="api-retrain-price"),
    path("finetune-tagger/", FinetuneTagger.as_view(), name="api-finetune-tagger"),
    # people
    path("me/", own.Me.as_view(), name="api-me"),
    path("health/labels/", label_health.LabelHealth.as_view(), name="api-label-health"),
    path("differences/", label_health.Differences.as_view(), name="api-differences"),
    path("differences/<int:pk>/settle/", label_health.SettleDifference.as_view(), name="api-difference-settle"),
    # work
    path("jobs/", jobs.Jobs.as_view(), name="api-jobs"),
    path("jobs/<int:pk>/", jobs.JobDetail.as_view(), name="api-job"),
    path("jobs/<int:pk>/failures/", jobs.JobFailures.as_view(), name="api-job-failures"),
    path("jobs/<int:pk>/cancel/", jobs.CancelJob.as_view(), name="api-job-cancel"),
    path("jobs/<int:pk>/retry/", jobs.RetryJob.as_view(), name="api-job-retry"),
]
