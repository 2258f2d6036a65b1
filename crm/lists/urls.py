from __future__ import annotations

from django.urls import path

from crm.lists.views import bulk, lists, rows

urlpatterns = [
    # What a page fetches
    path("lists/<slug:kind>/filter/", rows.editor, name="list_filter"),
    path("lists/<slug:kind>/apply/", rows.apply, name="list_apply"),
    path("lists/<slug:kind>/options/<slug:filter>/", rows.options, name="list_options"),
    path("lists/<slug:kind>/preview/<str:row>/", rows.preview, name="list_preview"),
    path("lists/<slug:kind>/count/", rows.count, name="list_count"),
    # Saved lists
    path("lists/<slug:kind>/save/", lists.save, name="list_save"),
    path("lists/<slug:kind>/save-changes/", lists.save_changes, name="list_save_changes"),
    path("lists/<slug:kind>/rename/", lists.rename, name="list_rename"),
    path("lists/<slug:kind>/duplicate/", lists.duplicate, name="list_duplicate"),
    path("lists/<slug:kind>/put-away/", lists.put_away, name="list_put_away"),
    path("lists/<slug:kind>/show-again/", lists.show_again, name="list_show_again"),
    path("lists/<slug:kind>/move/", lists.move, name="list_move"),
    path("lists/<slug:kind>/columns/", lists.columns, name="list_columns"),
    # Many rows at once
    path("lists/<slug:kind>/bulk/<slug:action>/", bulk.act, name="list_bulk"),
    path("lists/<slug:kind>/export/", bulk.export, name="list_export"),
    path("lists/runs/<uuid:run>/", bulk.run, name="list_run"),
    path("lists/runs/<uuid:run>/stop/", bulk.stop, name="list_run_stop"),
]
