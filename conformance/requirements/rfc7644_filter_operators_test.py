"""What the operators of a filter match (RFC 7644 §3.4.2.2), on one population of users that every test reads."""

import functools

import expect
from rolecall_server import ENTERPRISE, USER
from shared import CERTIFICATE
from strict import connect, make


class Population:
    """Five users; a filter is answered by the first letters of who matches."""

    def __init__(self):
        self.scim = connect()
        self.users = {}
        self.add("ana", title="Lead", userType="Employee", name={"givenName": "Ana", "familyName": "Jensen"}, externalId="A-1",
                 emails=[{"value": "ana@example.com", "type": "work", "primary": True}, {"value": "ana@home.example", "type": "home"}])
        self.add("bo", title="Boss", userType="Intern", active=False, externalId="a-1", name={"familyName": "jENSen"},
                 emails=[{"value": "bo@example.com", "type": "home"}])
        self.add("cem", userType="Intern", nickName="Cem", name={"givenName": "Cem", "familyName": "Öz"},
                 x509Certificates=[{"value": CERTIFICATE}], roles=[{"value": "reader"}, {"value": "writer"}])
        self.add("dee", userType="Employee", active=False, title="", emails=[], **{ENTERPRISE: {"department": "IT", "employeeNumber": "7"}})
        self.add("bob", nickName="Bobby", title="lead")

    def add(self, name, /, **attributes):
        self.users[name] = make(self.scim, userName=name, **attributes)

    def find(self, text):
        return " ".join(sorted(user["userName"] for user in expect.listed(self.scim.find("Users", text))))

    def check(self, table):
        for text, wanted in table.items():
            expect.equal(self.find(text), wanted, text)

    def refuse(self, *texts):
        for text in texts:
            expect.refused(self.scim.find("Users", text), 400, "invalidFilter")


@functools.cache
def population():
    return Population()


EVERYBODY = "ana bo bob cem dee"


def test_filters_are_announced_and_work():
    """§3.4.2.2: ServiceProviderConfig says that filters are supported, and only what matches is returned.

    Proves: 7644-3.4.2.2-01 7644-3.4.2.2-02
    """
    here = population()
    config = expect.scim(here.scim.get("/ServiceProviderConfig"))["filter"]
    assert config["supported"] is True and config["maxResults"] > 0, config
    for text, name, value in (("active eq false", "active", False), ("active eq true", "active", True),
                              ('userType eq "Intern"', "userType", "Intern")):
        found = expect.listed(here.scim.find("Users", text))
        assert found and all(user[name] == value for user in found), found
        others = [user for user in expect.listed(here.scim.get("/Users")) if user not in found]
        assert len(found) + len(others) == 5 and not [user for user in others if user.get(name) == value], others


def test_eq_and_ne():
    """§3.4.2.2: identical, and different; who has no value differs from nothing.

    Proves: 7644-3.4.2.2-06 7644-3.4.2.2-07
    """
    population().check({'userName eq "bo"': "bo", 'userName eq "b"': "", 'title eq "Lead"': "ana bob", "active eq false": "bo dee",
                        'userType ne "Employee"': "bo cem", 'userName ne "bo"': "ana bob cem dee", "active ne true": "bo dee",
                        'title ne "Lead"': "bo", f'x509Certificates.value eq "{CERTIFICATE}"': "cem",
                        'title eq ""': "", 'externalId eq "A-1"': "ana"})


def test_co_sw_and_ew():
    """§3.4.2.2: a part anywhere, at the beginning, at the end; the whole counts as each of them.

    Proves: 7644-3.4.2.2-08 7644-3.4.2.2-09 7644-3.4.2.2-10
    """
    population().check({'name.familyName co "ens"': "ana bo", 'name.familyName co "Jensen"': "ana bo", 'name.familyName co "x"': "",
                        'userName sw "bo"': "bo bob", 'userName sw "bob"': "bob", 'userName sw "o"': "", 'userName sw "bobb"': "",
                        'emails.value ew "example.com"': "ana bo", 'emails.value ew "ana@example.com"': "ana",
                        'userName ew "o"': "bo", 'userName ew "b"': "bob", 'name.familyName ew "ö"': "", 'name.familyName sw "ö"': "cem",
                        'userName co "%"': "", 'userName co "_"': "", 'userName sw "*"': "", 'userName co "\\\\"': ""})


def test_pr():
    """§3.4.2.2: a non-empty value, or for complex attributes a non-empty node; "" and [] are none.

    Proves: 7644-3.4.2.2-11
    """
    population().check({"title pr": "ana bo bob", "emails pr": "ana bo", "userName pr": EVERYBODY, "id pr": EVERYBODY,
                        "name pr": "ana bo cem", "name.givenName pr": "ana cem", "roles pr": "cem", "emails.primary pr": "ana",
                        f"{ENTERPRISE}:department pr": "dee", "active pr": EVERYBODY, "photos pr": "", "meta.created pr": EVERYBODY})


def test_strings_are_ordered_by_their_characters():
    """§3.4.2.2: gt, ge, lt and le compare strings lexicographically.

    Proves: 7644-3.4.2.2-12 7644-3.4.2.2-13 7644-3.4.2.2-14 7644-3.4.2.2-15
    """
    population().check({'userName gt "bo"': "bob cem dee", 'userName ge "bo"': "bo bob cem dee", 'userName lt "bo"': "ana",
                        'userName le "bo"': "ana bo", 'userName gt "BO"': "bob cem dee", 'userName gt "b"': "bo bob cem dee",
                        'title ge "lead"': "ana bob", 'title lt "lead"': "bo"})


def test_times_are_ordered_as_instants():
    """§3.4.2.2: in whatever offset and precision a time is written.

    Proves: 7644-3.4.2.2-12 7644-3.4.2.2-13 7644-3.4.2.2-14 7644-3.4.2.2-15
    """
    here = population()
    created = here.users["cem"]["meta"]["created"]
    one, hour = 'userName eq "cem" and meta.created', int(created[11:13])
    shifted = created[:11] + f"{(hour + 1) % 24:02}" + created[13:-1] + "+01:00"
    same = [created] if hour == 23 else [created, shifted]  # an hour later is another day then
    for text in same:
        here.check({f'{one} ge "{text}"': "cem", f'{one} le "{text}"': "cem", f'{one} gt "{text}"': "", f'{one} lt "{text}"': "",
                    f'{one} eq "{text}"': "cem", f'{one} ne "{text}"': ""})
    here.check({'meta.lastModified gt "2011-05-13T04:42:34Z"': EVERYBODY, 'meta.lastModified lt "2011-05-13T04:42:34Z"': "",
                'meta.created lt "2999-01-01T00:00:00+14:00"': EVERYBODY})
    here.refuse('meta.created gt "yesterday"', "meta.created gt 2011", 'meta.created gt "2011-13-01T00:00:00Z"')


def test_booleans_and_binaries_have_no_order():
    """§3.4.2.2: gt, ge, lt and le on them fail.

    Proves: 7644-3.4.2.2-16
    """
    for operator in ("gt", "ge", "lt", "le"):
        population().refuse(f"active {operator} false", f'x509Certificates.value {operator} "A"', f'x509Certificates {operator} "A"',
                            f"emails.primary {operator} true", f"emails[primary {operator} true]")


def test_and_or_and_not():
    """§3.4.2.2: both sides, one side, the opposite.

    Proves: 7644-3.4.2.2-17 7644-3.4.2.2-18 7644-3.4.2.2-19
    """
    population().check({'title pr and userType eq "Employee"': "ana", 'title pr and userType eq "None"': "",
                        'title pr or userType eq "Intern"': "ana bo bob cem", 'userName eq "x" or userName eq "dee"': "dee",
                        "not (title pr)": "cem dee", 'not (userType eq "Intern")': "ana bob dee", "not (not (title pr))": "ana bo bob"})


def test_parentheses_and_the_order_of_operations():
    """§3.4.2.2: grouping first, then not, then and, then or.

    Proves: 7644-3.4.2.2-20 7644-3.4.2.2-24
    """
    population().check({'title pr or userType eq "Intern" and active eq true': "ana bo bob cem",
                        '(title pr or userType eq "Intern") and active eq true': "ana bob cem",
                        'active eq true and userType eq "Intern" or title pr': "ana bo bob cem",
                        'active eq true and (userType eq "Intern" or title pr)': "ana bob cem",
                        "not (title pr) and active eq false": "dee", "not (title pr and active eq false)": "ana bob cem dee",
                        "not (title pr) or active eq false": "bo cem dee"})


def test_brackets_are_about_one_element():
    """§3.4.2.2: conditions in [ ] hold for the same element; without them, for any element each.

    Proves: 7644-3.4.2.2-21 7644-3.4.2.2-25
    """
    population().check({'emails[type eq "work" and value co "example.com"]': "ana", 'emails[type eq "work" and value co "home"]': "",
                        'emails.type eq "work" and emails.value co "home"': "ana",
                        'emails[type eq "home" and value co "example"]': "ana bo",
                        'emails.value eq "ana@home.example"': "ana", 'roles.value eq "writer"': "cem", 'roles eq "writer"': "cem",
                        'emails[not (type eq "work")]': "ana bo", 'not (emails[type eq "work"])': "bo bob cem dee"})


def test_complex_attributes_are_filtered_by_sub_attribute():
    """§3.4.2.2: a qualified sub-attribute; a multi-valued one without means its value.

    Proves: 7644-3.4.2.2-26 7644-3.4.2.2-27
    """
    here = population()
    here.check({'name.givenName eq "Ana"': "ana", 'emails co "example.com"': "ana bo", 'emails.value co "example.com"': "ana bo",
                'emails eq "bo@example.com"': "bo"})
    here.refuse('name eq "Ana"', 'name co "Ana"', 'addresses eq "x"', 'name.nothing eq "Ana"')


def test_defaults_are_filtered_like_values():
    """§3.4.2.2: what the server filled in counts as it was returned to who wrote it.

    Proves: 7644-3.4.2.2-28
    """
    here = population()
    expect.equal(here.users["cem"]["active"], True)
    here.check({"active eq true": "ana bob cem", 'userName eq "cem" and active eq true': "cem", "not (active pr)": ""})


def test_case_counts_where_the_schema_says_so():
    """§3.4.2.2: attribute names and operators ignore case, values follow caseExact.

    Proves: 7644-3.4.2.2-03 7644-3.4.2.2-30
    """
    here = population()
    here.check({'USERNAME EQ "bo"': "bo", 'UserName Sw "bo" AND Active Eq false': "bo",
                "NOT (TITLE PR)": "cem dee", 'EMAILS[TYPE eq "work"]': "ana", 'userName eq "BO"': "bo", 'title eq "LEAD"': "ana bob",
                'name.familyName eq "JENSEN"': "ana bo", 'externalId eq "A-1"': "ana", 'externalId eq "a-1"': "bo",
                'externalId sw "A"': "ana", 'externalId co "-"': "ana bo"})
    identifier = here.users["ana"]["id"]
    expect.equal(here.find(f'id eq "{identifier}"'), "ana")
    expect.equal(here.find(f'id eq "{identifier.upper()}"'), "")


def test_schemas_and_extensions_are_filtered():
    """§3.4.2.2: by the schemas of a resource and by names with their URN.

    Proves: 7644-3.4.2.2-31 7644-3.4.2.2-32
    """
    here = population()
    here.check({f'schemas eq "{ENTERPRISE}"': "dee", f'schemas eq "{USER}"': EVERYBODY, 'schemas eq "urn:none"': "",
                f'{USER}:userName sw "bo"': "bo bob", f'{USER.upper()}:USERNAME sw "bo"': "bo bob",
                f'{USER}:name.familyName co "ens"': "ana bo", f'{ENTERPRISE}:department eq "it"': "dee",
                f'{ENTERPRISE}:employeeNumber eq "7" and active eq false': "dee"})
    here.refuse('urn:none:userName eq "bo"', f'{ENTERPRISE}:userName eq "bo"')
