from django.http import Http404, HttpRequest, HttpResponse


def index(request: HttpRequest, **_where: str) -> HttpResponse:
    raise Http404


def detail(request: HttpRequest, **_where: str) -> HttpResponse:
    raise Http404
