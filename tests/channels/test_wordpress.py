"""WordPress: the words as HTML, a draft that is found again, and what each answer means."""

import hashlib
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.application.answers import ChannelError, NeedsLogin, OutcomeUnknown, Rejected, RetryLater
from purdah_scheduler.channels.credentials import Credentials, Secret
from purdah_scheduler.channels.wordpress import WordPressChannel
from purdah_scheduler.channels.wordpress_text import article_of, problems, slug_of
from purdah_scheduler.domain.content import Media, Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.web import TimeLimits
from tests.fakes.fake_wordpress import APPLICATION_PASSWORD, USER, FakeWordPress, refusal
from tests.fakes.serving import Said

PUBLISH = r"POST /wp-json/wp/v2/posts/\d+"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
Make = Callable[..., WordPressChannel]


@pytest.fixture
def blog() -> Iterator[FakeWordPress]:
    with FakeWordPress() as fake:
        yield fake


@pytest.fixture
def make(blog: FakeWordPress, make_account: Callable[..., Account]) -> Make:
    def build(*, handle: str = USER, password: str = APPLICATION_PASSWORD, categories: tuple[str, ...] = ()) -> WordPressChannel:
        return WordPressChannel(
            replace(make_account(channel="wordpress", handle=handle), categories=categories),
            Credentials({"application_password": Secret(password)}),
            base_url=blog.base_url,
            now=lambda: datetime.now(UTC),
            limits=TimeLimits(connect=2, read=5, total=10),
        )

    return build


@pytest.fixture
def post() -> Outgoing:
    text = "New tide tables\n\nThe tables are out.\nSee gov.uk/tides.\n\nAsk us for more."
    return Outgoing(key="7-blog-r1-0123abcd", account="dept", text=text, not_before=datetime.now(UTC))


def with_picture(post: Outgoing, data: bytes = PNG) -> Outgoing:
    sha256 = hashlib.sha256(data).hexdigest()
    medium = Media(sha256=sha256, size=len(data), type="image/png", alt="A lamp at night")
    return replace(post, media=(medium,), blobs={sha256: data})


# --- the words ----------------------------------------------------------------------------------------------------


def test_the_words_become_a_title_paragraphs_and_a_summary(post: Outgoing) -> None:
    article = article_of(post.text)
    assert article.title == "New tide tables"
    assert article.content == (
        '<p>The tables are out.<br>\nSee <a href="https://gov.uk/tides">gov.uk/tides</a>.</p>\n\n<p>Ask us for more.</p>'
    )
    assert article.excerpt == "The tables are out. See gov.uk/tides."


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[gallery ids=1] & co", "&#91;gallery ids=1&#93; &amp; co"),
        ("<!-- wp:html -->", "&lt;!-- wp:html --&gt;"),
    ],
)
def test_words_are_never_markup_or_shortcodes(written: str, shown: str) -> None:
    article = article_of(f"{written}\n\n{written}")
    assert (article.title, article.content, article.excerpt) == (shown, f"<p>{shown}</p>", shown)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("<>&[]\"' \n"), min_size=1, max_size=80))
def test_no_word_is_lost_or_added(body: str) -> None:
    article = article_of(f"Title\n\n{body}")
    words = html.unescape(re.sub(r"<[^>]*>", "", article.content))
    assert "".join(words.split()) == "".join(body.split())
    assert "[" not in article.content
    assert article.content.count("<p>") == article.content.count("</p>")


@pytest.mark.parametrize("text", ["Only one line", "Title\nand text right below", "\n\nNo title", "Title\n\n ", "  \n\nText"])
def test_a_post_without_title_or_text_is_blocked(text: str) -> None:
    assert [problem.code for problem in problems(text, ()) if problem.blocking] == ["no-title"]


def test_a_long_title_is_a_hint() -> None:
    (problem,) = problems("a" * 121 + "\n\nText", ())
    assert (problem.code, problem.blocking) == ("long-title", False)


def test_a_blog_takes_one_picture() -> None:
    medium = Media(sha256="0" * 64, size=1, type="image/png", alt="")
    assert [problem.message for problem in problems("A\n\nb", (medium, medium))] == [
        "A post on a blog takes 1 attachment; this post has 2."
    ]


@pytest.mark.parametrize(
    ("title", "begins"), [("Tide & times: Ŵyl 2026!", "tide-times-wyl-2026-"), ("Ωμέγα", "post-"), ("a" * 200, "a" * 60 + "-")]
)
def test_the_address_is_made_of_the_title(post: Outgoing, title: str, begins: str) -> None:
    slug = slug_of(replace(post, text=f"{title}\n\nText"))
    assert slug.startswith(begins)
    assert len(slug) == len(begins) + 8
    assert slug != slug_of(replace(post, text=f"{title}\n\nText", key="another"))


# --- draft and publication ----------------------------------------------------------------------------------------


def test_nothing_is_public_before_the_commit(blog: FakeWordPress, make: Make, post: Outgoing) -> None:
    channel = make()
    staged = channel.stage(with_picture(post), {})
    assert blog.texts() == []
    assert [found["status"] for found in blog.posts.values()] == ["draft"]
    # A picture of its own would be on the blog's public list of media.
    assert [medium["post"] for medium in blog.media.values()] == [int(staged["post"])]


def test_the_published_post_is_what_was_cleared_and_not_what_was_changed_in_wordpress(
    blog: FakeWordPress, make: Make, post: Outgoing
) -> None:
    channel, wanted = make(), with_picture(post)
    staged = channel.stage(wanted, {})
    (draft,) = blog.posts.values()
    draft.update(title="Changed", content="<p>Changed</p>", excerpt="Changed", slug="changed", featured_media=0)
    receipt = channel.commit(wanted, staged)
    assert blog.texts() == [post.text]
    assert draft["excerpt"] == "The tables are out. See gov.uk/tides."
    assert draft["featured_media"] == int(staged["picture"])
    assert receipt.url == f"https://blog.example.test/{slug_of(post)}/"
    assert blog.media[int(staged["picture"])]["alt_text"] == "A lamp at night"


@pytest.mark.parametrize("alt", ["A lamp <lit> & on", "100%20 bright", "Two\nlines"])
def test_no_word_of_a_description_is_dropped_for_looking_like_markup(
    blog: FakeWordPress, make: Make, post: Outgoing, alt: str
) -> None:
    pictured = with_picture(post)
    wanted = replace(pictured, media=(replace(pictured.media[0], alt=alt),))
    staged = make().stage(wanted, {})
    (medium,) = blog.media.values()
    assert html.unescape(medium["alt_text"]) == " ".join(alt.split())
    assert make().stage(wanted, {}) == staged


def test_a_draft_whose_answer_was_lost_is_used_again(blog: FakeWordPress, make: Make, post: Outgoing) -> None:
    first = make().stage(with_picture(post), {})
    assert make().stage(with_picture(post), {}) == first
    assert (len(blog.posts), len(blog.media)) == (1, 1)


def test_a_draft_that_somebody_threw_away_is_made_anew(blog: FakeWordPress, make: Make, post: Outgoing) -> None:
    channel = make()
    staged = channel.stage(post, {})
    channel.delete(staged["post"])
    again = channel.stage(post, staged)
    assert again["post"] != staged["post"]
    blog.posts.clear()
    assert channel.stage(post, again)["post"] not in (again["post"], staged["post"])


def test_a_post_that_wordpress_is_to_publish_later_is_no_absence(blog: FakeWordPress, make: Make, post: Outgoing) -> None:
    channel = make()
    staged = channel.stage(post, {})
    blog.posts[int(staged["post"])]["status"] = "future"
    with pytest.raises(RetryLater, match="by itself"):
        channel.find_published(post, staged)


def test_what_has_no_draft_is_not_sent(blog: FakeWordPress, make: Make, post: Outgoing) -> None:
    staged = make().stage(post, {})
    for known in ({}, {**staged, "key": "another"}, {**staged, "post": "../users"}):
        with pytest.raises(RetryLater, match="no draft"):
            make().commit(post, known)
    assert blog.texts() == []


def test_a_type_of_file_that_the_blog_forbids_fails_the_post(make: Make, post: Outgoing) -> None:
    with pytest.raises(Rejected, match="not allowed to upload this file type"):
        make().stage(with_picture(post, b"GIF89a" + b"0" * 20), {})


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        (refusal(400, "rest_invalid_param", "Invalid parameter(s): status"), Rejected),
        (refusal(403, "rest_cannot_publish", "Sorry"), Rejected),
        (refusal(404, "rest_post_invalid_id", "Invalid post ID."), Rejected),
        (Said(status=404, body="<html>"), OutcomeUnknown),
        (refusal(401, "rest_cannot_edit", "Sorry"), NeedsLogin),
        (Said(status=429, body=""), RetryLater),
        (refusal(500, "internal_server_error", "There has been a critical error on this website."), OutcomeUnknown),
        (Said(status=503, body="<html>Briefly unavailable for scheduled maintenance."), OutcomeUnknown),
        (Said(status=301, body=""), OutcomeUnknown),
        (Said(body="<html>"), OutcomeUnknown),
        (Said(body=[]), OutcomeUnknown),
        (Said(body={"id": 999, "status": "publish"}), OutcomeUnknown),
        (Said(body={"id": 11, "status": "future"}), OutcomeUnknown),
        (Said(body={"id": 11, "status": "pending"}), OutcomeUnknown),
    ],
)
def test_each_answer_to_a_publication_has_its_meaning(
    blog: FakeWordPress, make: Make, post: Outgoing, said: Said, meaning: type[ChannelError]
) -> None:
    channel = make()
    staged = channel.stage(post, {})
    before = len(blog.requests)
    blog.script(PUBLISH, said)
    with pytest.raises(ChannelError) as outcome:
        channel.commit(post, staged)
    assert type(outcome.value) is meaning
    assert len(blog.requests) == before + 1


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://blog.example.test/a b", 7, None])
def test_an_address_that_nobody_should_be_sent_to_is_not_taken_over(
    blog: FakeWordPress, make: Make, post: Outgoing, link: Any
) -> None:
    channel = make()
    staged = channel.stage(post, {})
    blog.script(PUBLISH, Said(body={"id": int(staged["post"]), "status": "publish", "link": link}))
    assert channel.commit(post, staged).url == f"{blog.base_url}/?p={staged['post']}"


# --- the account --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("may", "detail"),
    [
        ({}, "press.office may publish posts and upload pictures."),
        ({"publish_posts": False}, "press.office may not publish posts on this blog."),
        ({"publish_posts": False, "upload_files": False}, "press.office may not publish posts or upload pictures on this blog."),
    ],
)
def test_a_user_who_may_not_publish_is_told_before_anything_is_sent(
    blog: FakeWordPress, make: Make, may: dict[str, bool], detail: str
) -> None:
    blog.may |= may
    check = make().check_account()
    assert (check.ok, check.detail) == (not may, detail)


def test_a_wrong_password_needs_a_login(make: Make, post: Outgoing) -> None:
    with pytest.raises(NeedsLogin):
        make(password="wrong").check_account()
    with pytest.raises(NeedsLogin):
        make(password="wrong").stage(post, {})


def test_a_password_of_somebody_else_is_told(blog: FakeWordPress, make: Make) -> None:
    blog.script(".*/users/me", Said(body={"username": "other", "capabilities": blog.may}))
    check = make().check_account()
    assert (check.ok, check.detail) == (False, "The password belongs to other, not to press.office.")


def test_only_a_number_is_deleted(blog: FakeWordPress, make: Make) -> None:
    for remote_id in ("", "../users/2", "1?force=true", "²", "1" * 30):
        with pytest.raises(Rejected):
            make().delete(remote_id)
    assert blog.requests == []


# --- categories ---------------------------------------------------------------------------------------------------


def test_a_post_goes_into_the_categories_of_its_account(blog: FakeWordPress, make: Make, post: Outgoing) -> None:
    channel = make(categories=("news & updates", "Speeches"))
    assert channel.check_account().detail.endswith("Posts go into: news & updates, Speeches.")
    channel.commit(post, channel.stage(post, {}))
    assert [found["categories"] for found in blog.posts.values()] == [[4, 5]]


def test_without_categories_a_post_stays_where_the_blog_puts_it(blog: FakeWordPress, make: Make, post: Outgoing) -> None:
    channel = make()
    channel.commit(post, channel.stage(post, {}))
    assert [found["categories"] for found in blog.posts.values()] == [[1]]
    assert not [line for line in blog.requests if "categories" in line]


def test_a_category_that_the_blog_lacks_is_refused_with_those_that_it_has(
    blog: FakeWordPress, make: Make, post: Outgoing
) -> None:
    channel = make(categories=("Speeches", "New"))
    known = "The blog has no category 'New'; it has: Uncategorised, News & updates, Speeches."
    check = channel.check_account()
    assert (check.ok, check.detail) == (False, known)
    with pytest.raises(Rejected, match=re.escape(f"Not sent to WordPress: {known}")):
        channel.stage(post, {})
    assert blog.posts == {}


def test_of_two_categories_with_one_name_the_slug_says_which(blog: FakeWordPress, make: Make, post: Outgoing) -> None:
    blog.categories |= {8: ("Speeches", "speeches-2025")}
    blog.categories[5] = ("Speeches", "all-speeches")
    check = make(categories=("Speeches",)).check_account()
    assert (check.ok, check.detail) == (
        False,
        "The blog has 2 categories 'Speeches': name one by its slug (all-speeches, speeches-2025).",
    )
    # And behind a hundred others.
    blog.categories = {number: (f"Topic {number}", f"topic-{number}") for number in range(100, 200)} | blog.categories
    channel = make(categories=("speeches-2025",))
    channel.commit(post, channel.stage(post, {}))
    assert [found["categories"] for found in blog.posts.values()] == [[8]]
