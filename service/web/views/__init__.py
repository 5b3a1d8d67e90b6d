"""View objects: everything a page shows, finished. A template gets one and decides nothing.

How to add a page
1. Nothing special on it? Fill `pages.ListPage`, `pages.ThingPage` or `pages.FormPage` and render
   "pages/list.html", "pages/thing.html" or "pages/form.html". Most pages end here.
2. Otherwise write a frozen dataclass in a module of this package with at least `title: str` and
   `place: Place | None` (which place of the rail is lit), and a template in templates/<room>/ that starts

       {% extends "base.html" %}
       {% from "macros/head.html" import head %}
       {% block main %}{{ head(view.head) }} ... {% endblock %}

3. In the route:  html = render("runs/run.html", view, frame)   (service.web.templating)
   `Frame` (views.frame) is made once per request; it carries the clock, the site's zone and the CSRF token,
   so that macros can write times and forms without being handed them.

Values
* `Rich` is what a sentence may be: a str, one part, or a tuple of parts:
      ("Consignment ", Ident("CN-0411", "/consignments/CN-0411"), " is not acknowledged.")
  Parts: Barcode Ident Link Strong Quiet When Number Chip WideOnly. Every barcode gets its href.
* Tones are five: neutral (at rest), blue (in motion), green (done), amber (needs a person), red (wrong).
  `Chip(word, tone, shape)`: custody square, content pill, hold dashed; the glyph follows from the tone.
* `Act` is a link (GET) or a one-button form (POST, CSRF token added). What is not allowed stays, with
  `enabled=False` and its `reason`.
* `When(at, style)` takes an aware datetime; the macro writes site time and puts zone and UTC in the title.

Macros (templates/macros/): rich.html say barcode ident when chip glyph · act.html act acts · head.html head
· table.html table pager · form.html form form_field · section.html section facts faults · timeline.html timeline
· slot.html slot · stepper.html steps · list.html side_list filters · empty.html empty_state
· figure.html plate signature transfer_link scale.

A fragment for htmx is the same macro in a file named `_name.html`; render it with the same view object.
"""
