"""The forms of the administration of handlers."""

from service.handlers import queries, rules
from service.handlers.models import Handler, Role
from service.web.page import Page
from service.web.views.forms import Danger, Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.pages import FormPage
from service.web.views.parts import Act, Head, Link, Strong, Tone
from service.web.views.sections import TextSection

ROLE_HELP = {
    Role.SYSTEM_ADMINISTRATOR: "Handlers, devices, places and parties; approves no runs.",
    Role.BACKUP_ADMINISTRATOR: "Policy, the weekly run, its approval; recalls.",
    Role.RESTORE_OPERATOR: "Asks for media that a restore needs.",
    Role.MEDIA_HANDLER: "Scans, packs, seals, releases and receives.",
    Role.VAULT_CUSTODIAN: "At the vendor: acknowledges consignments; sees nothing else.",
    Role.SECURITY_OFFICER: "Holds, discrepancies, a second approval.",
    Role.AUDITOR: "Reads and verifies everything, changes nothing.",
}


def roles_of(page: Page) -> list[Role]:
    known = set(Role)
    return [Role(role) for role in page.texts("roles") if role in known]


def _roles_field(held: tuple[str, ...]) -> Field:
    options = tuple(Option(role.value, rules.role_word(role), ROLE_HELP[role]) for role in Role)
    return Field("roles", "Roles", FieldKind.CHECKS, values=held, options=options)


def _reason_field(help_text: str, *, required: bool) -> Field:
    return Field("reason", "Reason", FieldKind.TEXTAREA, help=help_text, required=required, rows=2)


def _party_field(page: Page, party_id: str) -> Field:
    options = [Option(found.party_id, found.name) for found in queries.employers(page.session.connection())]
    if party_id and party_id not in {option.value for option in options}:
        name = queries.party_names(page.session.connection()).get(party_id, party_id)
        options.append(Option(party_id, f"{name} (not active)"))
    return Field("party_id", "Works for", FieldKind.SELECT, party_id, options=tuple(options))


def _conflicts_beside() -> TextSection:
    lines = tuple(
        (
            Strong(" and ".join(sorted(rules.role_word(role) for role in conflict.roles))),
            f": {conflict.why} ",
            "Refused." if conflict.refused else "Only with a reason.",
        )
        for conflict in rules.CONFLICTS
        if Role.AUDITOR not in conflict.roles
    )
    auditor = (Strong("Auditor"), ": stands alone, for nobody audits their own acts.")
    return TextSection("Roles that exclude each other", (*lines, auditor))


_DOUBTFUL = "Needed where two roles in one person are doubtful."


def new_page(page: Page) -> FormPage:
    login = Field("login", "Login", help="Small letters and digits; it stays.", autofocus=True)
    fields = (
        login,
        Field("name", "Name", help="As others see it in the ledger."),
        Field("title", "Title", required=False),
        _party_field(page, page.person.party_id),
        _roles_field(()),
        _reason_field(_DOUBTFUL, required=False),
    )
    form = Form("handler", "/handlers", "Make the handler", fields, other=(Act("Back", "/handlers"),))
    head = Head(Link("Handlers", "/handlers"), "A new handler")
    return FormPage("New handler", Place.ADMINISTRATION, head, form, (_conflicts_beside(),))


def edit_page(page: Page, found: Handler) -> FormPage:
    fields = (
        Field("name", "Name", value=found.name, autofocus=True),
        Field("title", "Title", value=found.title, required=False),
        _party_field(page, found.party_id),
    )
    return _form_page(found, Form("handler", f"/handlers/{found.handler_id}/edit", "Save", fields), "Edit")


def roles_page(found: Handler) -> FormPage:
    fields = (_roles_field(tuple(found.roles)), _reason_field(_DOUBTFUL, required=False))
    form = Form("roles", f"/handlers/{found.handler_id}/roles", "Change the roles", fields)
    return _form_page(found, form, "Roles", (_conflicts_beside(),))


def deactivate_page(page: Page, found: Handler) -> FormPage:
    open_now = len(queries.sign_ins_of(page.session, found.handler_id, page.now))
    tokens = [
        token.name
        for token in queries.tokens_of(page.session, found.handler_id)
        if token.revoked_at is None and token.expires_at > page.now
    ]
    ends = (f"{open_now} open sign-ins", *(f"Token “{name}”" for name in tokens))
    danger = Danger(f"{found.name} can no longer sign in. With it end:", ends, Tone.AMBER)
    fields = (_reason_field("It stands in the ledger.", required=True),)
    form = Form("deactivate", f"/handlers/{found.handler_id}/deactivate", "Deactivate", fields, danger=danger)
    return _form_page(found, form, "Deactivate")


def _form_page(found: Handler, form: Form, title: str, beside: tuple[TextSection, ...] = ()) -> FormPage:
    back = Act("Back", f"/handlers/{found.handler_id}")
    head = Head(Link("Handlers", "/handlers"), found.name, where=title)
    shown = Form(form.id, form.action, form.submit, form.fields, danger=form.danger, other=(back,))
    return FormPage(f"{title} · {found.name}", Place.ADMINISTRATION, head, shown, beside)
