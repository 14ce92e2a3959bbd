from django.http import Http404, HttpRequest, HttpResponse


def home(request: HttpRequest, **_where: str) -> HttpResponse:
    raise Http404


def board(request: HttpRequest, **_where: str) -> HttpResponse:
    raise Http404
