"""Whatever a patient or a member of staff writes is text: shown, never run."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.widget.conftest import Chat, Clinic

RUN = "window.owned=1"
_MARKUP = [
    f"<script>{RUN}</script>",
    f"<SCRIPT>{RUN}</SCRIPT>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f'<img src=x onerror="{RUN}">',
    f"<img src=x onerror={RUN}//",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<body onload={RUN}>",
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f"<iframe src=javascript:{RUN}>",
    f"<details open ontoggle={RUN}>x</details>",
    f"<input autofocus onfocus={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<object data=javascript:{RUN}>",
    f"<embed src=javascript:{RUN}>",
    f"<a href=javascript:{RUN}>tap</a>",
    f"[tap](javascript:{RUN})",
    f"<math><mtext><img src=x onerror={RUN}></mtext></math>",
    f"<template><img src=x onerror={RUN}></template>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    f"<style>@import 'javascript:{RUN}';</style>",
    "<style>* { display: none !important }</style>",
    f"<link rel=stylesheet href=javascript:{RUN}>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    "<base href='https://evil.example/'>",
    f"<form action=javascript:{RUN}><button autofocus>x</button></form>",
    f"</p></div></dialog><img src=x onerror={RUN}>",
    f"</template></aftercare-chat><script>{RUN}</script>",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"&#60;img src=x onerror={RUN}&#62;",
    f"\\u003cimg src=x onerror={RUN}\\u003e",
    f"<![CDATA[<script>{RUN}</script>]]>",
    f"<!--><img src=x onerror={RUN}>-->",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"${{{RUN}}}",
    f"`${{{RUN}}}`",
    f"';{RUN};'",
    f'";{RUN};"',
    f"</script><script>{RUN}</script>",
    f"<x onclick={RUN}>x",
    f"<img src=`x` onerror={RUN}>",
    f"<img/src/onerror={RUN}>",
    f"<img src=x:x onerror\n={RUN}>",
    f"<a href='java\tscript:{RUN}'>x</a>",
    f"tel:911<script>{RUN}</script>",
    f"(217) 555-0142<img src=x onerror={RUN}>",
    f"911' onclick='{RUN}",
]
_SHAPES = [
    "\u202eevil\u202c turned",
    "\u2066isolated\u2069",
    "\u200f\u200emarks",
    "עברית מימין לשמאל 911",
    "العربية من اليمين 911",
    "Z" + "\u0335\u0322\u0334" * 60,
    "w" * 2000,
    "<" * 2000,
    "&" * 2000,
    "🤒" * 1000,
    "👩\u200d👩\u200d👧\u200d👦" * 100,
    "\n" * 50 + "x",
    "a\n" * 500,
    "\t\t\tx",
    "\u00a0" * 200 + "x",
    "\u200b" * 200 + "x",
    "null",
    "undefined",
    "__proto__",
    "constructor",
    "toString",
    '{"__proto__": {"owned": 1}}',
    "[object Object]",
    "NaN",
    "0",
    "-1",
    "true",
    "'; DROP TABLE messages; --",
    "%00%0a%0d",
    "../../etc/passwd",
    "data: x",
    "id: 999999",
    "event: close",
    "x\n\ndata: {}\n\n",
    ": comment",
    "\ufeffbom",
    "\u2028\u2029 lines",
    "\x07 bell",
    "{phone}",
    "{count}",
    "$&",
    "$1",
    "\\",
    "%s %d",
    "<b>bold</b>",
    "**bold**",
    "/restart",
    "/etc",
    "﷽" * 300,
    "\ufff9\ufffa\ufffb",
]
HOSTILE = [*_MARKUP, *_SHAPES]


def test_there_are_a_hundred() -> None:
    assert len(set(HOSTILE)) == 100


def expect_nothing_ran(chat: Chat, errors: list[str]) -> None:
    page = chat.page
    assert page.evaluate("window.owned") is None
    assert page.evaluate("({}).owned") is None
    assert errors == []
    # Nothing but what the widget makes itself.
    made = """() => [...new Set([...document.querySelector('aftercare-chat').shadowRoot.querySelectorAll('.message *')]
      .map(node => node.tagName.toLowerCase()))].sort()"""
    assert set(page.evaluate(made)) <= {"a", "button", "div", "p", "path", "span", "strong", "svg", "time"}
    links = chat.log.locator("a").evaluate_all("nodes => nodes.map(n => n.getAttribute('href'))")
    assert all(str(href).startswith("tel:") for href in links)
    panel = chat.panel.bounding_box()
    assert panel
    assert chat.log.evaluate("node => node.scrollWidth <= node.clientWidth + 1")


def watch(chat: Chat) -> list[str]:
    errors: list[str] = []
    chat.page.on("pageerror", lambda error: errors.append(str(error)))
    chat.page.on("dialog", lambda dialog: errors.append(dialog.message))
    return errors


def test_a_hundred_hostile_messages_of_a_patient(chat: Chat, clinic: Clinic) -> None:
    errors = watch(chat)
    chat.say("hello")
    expect(chat.messages("bot")).to_have_count(2)
    sent = [text for text in HOSTILE if len(text) <= 2000]
    # What the box does not let through is sent all the same.
    chat.page.evaluate(
        """async texts => {
          const { outbox } = document.querySelector('aftercare-chat').chat;
          for (const text of texts) outbox.add(text);
          while (outbox.items.length) await new Promise(done => setTimeout(done, 50));
        }""",
        sent,
    )
    expect(chat.messages("patient")).to_have_count(len(sent) + 1)
    expect_nothing_ran(chat, errors)
    assert f"<script>{RUN}</script>" in chat.messages("patient").nth(1).inner_text()
    chat.page.reload()
    chat.wait()
    expect(chat.messages("patient")).to_have_count(len(sent) + 1)
    expect_nothing_ran(chat, errors)


def test_a_hundred_hostile_messages_of_staff(chat: Chat, clinic: Clinic) -> None:
    errors = watch(chat)
    chat.say("hello")
    expect(chat.messages("bot")).to_have_count(2)
    texts = [text.replace("\x00", "") for text in HOSTILE]
    clinic.write_as("staff", *texts)
    expect(chat.messages("staff")).to_have_count(len(texts))
    expect_nothing_ran(chat, errors)
    assert f"<script>{RUN}</script>" in chat.messages("staff").first.inner_text()
    chat.page.reload()
    chat.wait()
    expect(chat.messages("staff")).to_have_count(len(texts))
    expect_nothing_ran(chat, errors)
    # A message that turns the direction turns no other.
    turned = chat.messages("staff").filter(has_text="turned").locator(".bubble p")
    assert turned.evaluate("node => getComputedStyle(node).unicodeBidi") in ("isolate", "plaintext")
