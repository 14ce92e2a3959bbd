from django.http import Http404, HttpRequest, HttpResponse


def index(request: HttpRequest, **_where: str) -> HttpResponse:
    raise Http404


def new(request: HttpRequest, **_where: str) -> HttpResponse:
    raise Http404


def detail(request: HttpRequest, **_where: str) -> HttpResponse:
    raise Http404


def edit(request: HttpRequest, **_where: str) -> HttpResponse:
    raise Http404


def submit(request: HttpRequest, **_where: str) -> HttpResponse:
    raise Http404


def correct(request: HttpRequest, **_where: str) -> HttpResponse:
    raise Http404


def withdraw(request: HttpRequest, **_where: str) -> HttpResponse:
    raise Http404


def discard(request: HttpRequest, **_where: str) -> HttpResponse:
    raise Http404
