"""Which texts are filters (RFC 7644 §3.4.2.2, figure 1, and its errata)."""

import functools

import expect
from shared import query
from strict import connect, make


@functools.cache
def client():
    """A connection with a user that has a title and one that has not."""
    scim = connect()
    make(scim, userName="ana", title="Lead", userType="Employee", emails=[{"value": "ana@work.example", "type": "work"}])
    make(scim, userName="bo", emails=[{"value": "bo@home.example", "type": "home"}])
    return scim


def found(text):
    return " ".join(sorted(user["userName"] for user in expect.listed(client().find("Users", text))))


def refuse(*texts):
    for text in texts:
        expect.refused(client().find("Users", text), 400, "invalidFilter")


def test_a_filter_holds_an_expression():
    """§3.4.2.2: at least one; an empty filter is not the same as none.

    Proves: 7644-3.4.2.2-04
    """
    refuse("", " ", "()", "( )", "not ()", "emails[]")
    expect.refused(client().get("/Users?filter="), 400, "invalidFilter")
    expect.refused(client().get("/Users?filter"), 400, "invalidFilter")


def test_an_expression_is_attribute_operator_value():
    """§3.4.2.2: pr has no value, every other operator has one.

    Proves: 7644-3.4.2.2-05
    """
    refuse("userName", "userName eq", 'userName "x"', 'eq "x"', 'userName pr "x"', 'userName eq "x" "y"', 'userName eq "x" and',
           'and userName eq "x"', 'userName eq "x" or or userName eq "y"', "not", 'userName eq "x" title pr', "userName eq title")
    expect.equal((found("title pr"), found('userName eq "bo"')), ("ana", "bo"))


def test_what_is_in_brackets_is_a_filter_of_sub_attributes():
    """§3.4.2.2: with names of the parent's sub-attributes and nothing else.

    Proves: 7644-3.4.2.2-22
    """
    refuse('emails[foo eq "x"]', 'emails[emails.type eq "work"]', 'emails[userName eq "ana"]', 'emails["work"]', "emails[type]",
           'emails[type eq "work"', 'emails type eq "work"]', 'userName[value eq "ana"]', 'name[givenName eq "x"]', "emails[type eq work]")
    expect.equal((found('emails[type eq "work"]'), found("emails[type pr]")), ("ana", "ana bo"))


def test_texts_outside_the_grammar_are_refused():
    """§3.4.2.2: other quotes, other operators, other literals.

    Proves: 7644-3.4.2.2-23
    """
    refuse('userName = "x"', "userName eq 'x'", "userName eq x", 'userName == "x"', 'userName eq"x"', 'userName eq "x', 'userName eq x"',
           "active eq True", "active eq yes", 'active eq "true"', "userName eq 5", "userName eq {}", 'userName eq ["x"]',
           'user Name eq "x"',
           '(userName eq "x"', 'userName eq "x")', 'userName eq "x" && title pr', "!title pr", 'title pr, userName eq "x"', "title pr;",
           'userName in ("a")', 'userName.x eq "a"', '.userName eq "a"', 'userName. eq "a"', "1 eq 1", '"userName" eq "x"',
           'userName\teq "x"', 'userName eq "\\x"', 'userName eq "\\ud800"', 'emails.value.x eq "a"', "nosuch pr", 'xor eq "a"')
    expect.refused(client().get("/Users?filter=title%20pr&filter=title%20pr"), 400, "invalidFilter")


def test_an_unknown_operator_is_named():
    """§3.4.2.2, §3.12: 400 invalidFilter with a sentence; there are no operators but the standard ones.

    Proves: 7644-3.4.2.2-29 7644-3.4.2.2-33 7644-3.12-15
    """
    for word in ("regex", "like", "in", "foo", "contains", "eqq", "has"):
        detail = expect.refused(client().find("Users", f'userName {word} "x"'), 400, "invalidFilter")
        expect.holds(detail, word, "the sentence")
    config = expect.scim(client().get("/ServiceProviderConfig"))
    expect.equal(set(config["filter"]), {"supported", "maxResults"}, "no further operators are announced")


def test_literals_are_json():
    """§3.4.2.2: strings with JSON's escapes, true and false, null for no value.

    Proves: 7644-3.4.2.2-23
    """
    for text, wanted in {'userName eq "\\u0061na"': "ana", 'userName eq "\\u0061n\\u0061"': "ana", "active eq true": "ana bo",
                         "title eq null": "bo", "title ne null": "ana", 'userName eq "a\\"b"': "", 'userName eq "\\/"': ""}.items():
        expect.equal(found(text), wanted, text)


def test_value_paths_do_not_nest():
    """Erratum 4690: no brackets inside brackets.

    Proves: 7644-E4690
    """
    refuse('emails[ims[type eq "x"]]', 'emails[type eq "work" and emails[type eq "work"]]', 'emails[value[type eq "x"] eq "y"]')


def test_not_with_and_without_a_blank():
    """Erratum 7319: both are the same; parentheses are needed.

    Proves: 7644-E7319
    """
    for text in ("not (title pr)", "not(title pr)", "not  ( title pr )", 'not(title pr) and userName eq "bo"'):
        expect.equal(found(text), "bo", text)
    refuse("not title pr", "nottitle pr")


def test_brackets_hold_whole_expressions():
    """Erratum 7322: and, or and parentheses inside brackets.

    Proves: 7644-E7322
    """
    for text, wanted in {'emails[type eq "work" or (type eq "home" and value ew "x")]': "ana",
                         'emails[type eq "work" or (type eq "home" and value ew "home.example")]': "ana bo",
                         'emails[(type eq "work" or type eq "home") and value sw "bo"]': "bo",
                         'emails[not (type eq "work") and value pr]': "bo"}.items():
        expect.equal(found(text), wanted, text)


def test_blanks_are_taken_either_way():
    """§1.2, §3.4.2.2: %20 and + are blanks in a query; more than one of them is one.

    Proves: 7644-3.4.2.2-23
    """
    for text in ("userName+eq+%22ana%22", "userName%20eq%20%22ana%22", "%20userName%20%20eq%20%20%22ana%22%20"):
        expect.equal([user["userName"] for user in expect.listed(client().get("/Users?filter=" + text))], ["ana"], text)
    expect.equal(len(expect.listed(client().get(query("/Users", filter="title pr", count=5)))), 1)
