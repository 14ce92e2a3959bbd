"""Posts: who held them and when, and what was said in that office at the reader's own desks (R7)."""

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Verb
from relations.forms.reference import PostForm
from relations.models import Mandate, Post
from relations.views.reference import Listed, allowed, answer_form, answer_list, held, searched
from relations.views.responses import respond

LISTED = Listed(
    url_name="posts",
    export_name="posts_export",
    new_url_name="post_new",
    cells="relations/posts/cells.html",
    title=gettext_lazy("Posts"),
    heads=(
        gettext_lazy("Title"),
        gettext_lazy("For which party"),
        gettext_lazy("Organisation"),
        gettext_lazy("Held last by"),
    ),
    new=gettext_lazy("New post"),
    add=gettext_lazy("Add a post"),
    none_yet=gettext_lazy("No post yet."),
    none_found=gettext_lazy("No post of this title."),
    show_all=gettext_lazy("Show all posts"),
    searched=gettext_lazy("Title"),
)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List posts by title, with who held each last."""
    words = searched(request)
    mandates = Mandate.objects.select_related("person").order_by("-covers_until", "-pk")
    posts = Post.objects.matching(words).select_related("party", "organisation")
    return answer_list(request, LISTED, posts.prefetch_related(Prefetch("mandates", mandates)), words)


@require_safe
def detail(request: HttpRequest, ref: str) -> HttpResponse:
    """Show who held a post, and the statements made or passed on in it that the reader's desks hold."""
    post = get_object_or_404(Post.objects.select_related("party", "organisation"), ref=ref)
    mandates = list(post.mandates.select_related("person"))
    context = {
        **allowed(request),
        "post": post,
        "mandates": mandates,
        "page": held(request, Q(mandate__in=mandates) | Q(relayer_mandate__in=mandates)),
    }
    return respond(request, "relations/posts/detail.html", context)


def new(request: HttpRequest) -> HttpResponse:
    """Add a post."""
    access.admit(request.user, Verb.ADD_REFERENCE)
    return answer_form(request, PostForm, Post(), heading=_("New post"), back=reverse("posts"))


def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Mend a post."""
    access.admit(request.user, Verb.MEND_REFERENCE)
    post = get_object_or_404(Post, ref=ref)
    heading = _("Edit “%(row)s”") % {"row": post}
    return answer_form(request, PostForm, post, heading=heading, back=post.get_absolute_url())
