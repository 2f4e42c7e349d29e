"""The house rules as data: who may include whom, which third-party header belongs to whom, what no file may contain."""

import re

PURE = ("base", "json", "schema", "filter", "resource", "patch", "bulk", "access")
CORE = frozenset(PURE)
USE_CASES = frozenset({"provisioning", "administration", "decision"})

# Module → the modules it may include besides itself. What is not listed is forbidden; a module without a row is an error.
ARROWS = {
    "base": frozenset(),
    "json": frozenset({"base"}),
    "schema": frozenset({"base", "json"}),
    "filter": frozenset({"base", "json", "schema"}),
    "resource": frozenset({"base", "json", "schema", "filter"}),
    "patch": frozenset({"base", "json", "schema", "filter", "resource"}),
    "bulk": frozenset({"base", "json", "schema", "filter", "resource", "patch"}),
    "access": frozenset({"base", "json"}),
    "log": frozenset({"base"}),
    "store": CORE,
    "event": CORE | {"store"},
    "audit": CORE | {"store", "event"},
    "archive": CORE | {"store", "audit", "event"},
    "granting": CORE | {"store", "audit", "event"},
    "provisioning": CORE | {"store", "audit", "event", "granting"},
    "administration": CORE | {"store", "audit", "event", "granting", "connector"},
    "decision": CORE | {"store"},
    "http": frozenset({"base"}),
    "metric": frozenset({"base"}),
    "connector": CORE | {"store"},
    "sync": CORE | {"store", "audit", "event", "connector"},
    "action": CORE | {"store", "audit", "event", "connector"},
    "api": CORE | USE_CASES | {"http", "log", "metric", "store", "audit", "event", "sync", "action"},
    "adapter/crypto": frozenset({"base"}),
    "adapter/icu": frozenset({"base"}),
    "adapter/curl": frozenset({"base", "http"}),
    "adapter/beast": frozenset({"base", "http"}),
    "adapter/pistache": frozenset({"base", "http"}),
    "adapter/prometheus": frozenset({"base", "metric"}),
    "adapter/yaml": frozenset({"base", "json"}),
    "adapter/soci": CORE | {"store"},
    "console": frozenset({"base", "http"}),
}
# Everything, and nothing may include it.
ARROWS["app"] = frozenset(ARROWS)

# Prefix of a third-party header → the one module that may include it.
THIRD_PARTY = {
    "rapidjson/": "json",
    "spdlog/": "log",
    "fmt/": "log",
    "pistache/": "adapter/pistache",
    "prometheus/": "adapter/prometheus",
    "boost/": "adapter/beast",
    "soci/": "adapter/soci",
    "sqlite3.h": "adapter/soci",
    "libpq-fe.h": "adapter/soci",
    "openssl/": "adapter/crypto",
    "unicode/": "adapter/icu",
    "curl/": "adapter/curl",
    "CLI/": "app",
    "toml++/": "app",
    "yaml.h": "adapter/yaml",
    "tl/": "base",
}
# A public header that includes a library gives it to every user of the module; only the Result type is meant to travel.
THIRD_PARTY_IN_PUBLIC_HEADERS = ("tl/",)

# Headers of the C library and the kernel: the machine, so nothing for the pure core.
SYSTEM_HEADER = re.compile(r"^(sys|netinet|arpa|net|linux)/.+\.h$|^(unistd|fcntl|poll|signal|errno|dirent|termios|pwd|grp|dlfcn|pthread|sched|time|netdb|ifaddrs|syslog|sysexits|ftw|spawn|getopt|malloc|utime)\.h$")
STANDARD_HEADER = re.compile(r"^[a-z0-9_]+$|^(string|stdlib|stdint|stddef|limits|inttypes|assert|ctype|math)\.h$")
PURE_FORBIDS_HEADERS = frozenset(
    "thread mutex shared_mutex condition_variable future semaphore latch barrier stop_token atomic iostream fstream "
    "ostream istream filesystem cstdio csignal random".split())
# (module, header) pairs that are right although the rule above says no, each with its reason.
PURE_EXCEPTIONS = {
    ("base", "mutex"),   # the id generator is shared by threads and keeps ids of one millisecond in order
    ("base", "atomic"),
}

CLOCK_READ = re.compile(r"\b(system_clock|steady_clock|high_resolution_clock|utc_clock)\s*::\s*now\b|\bclock_gettime\b|\bgettimeofday\b|(?<![\w.:>])time\s*\(\s*(nullptr|NULL|0|&)")
ENVIRONMENT = re.compile(r"\b(secure_)?getenv\b|\brand\s*\(\s*\)|\brandom_device\b")
# The only place of the pure core that reads the machine's clock: the port's real implementation.
CLOCK_FILES = ("src/base/clock.cpp",)

# (rule, pattern, what to do instead); looked for in code, not in comments or strings.
FORBIDDEN_CODE = (
    ("std-regex", re.compile(r"\bstd\s*::\s*(basic_)?regex\b|#\s*include\s*<regex>"), "recurses over its input; write a lexer"),
    ("strtol-family", re.compile(r"\b(strto(l|ll|ul|ull|d|f|ld|imax|umax)|ato(i|l|ll|f)|sto(i|l|ll|ul|ull|f|d|ld))\s*\("), "use std::from_chars"),
    ("sprintf", re.compile(r"\bv?sprintf\s*\(|\b(strcpy|strcat|gets)\s*\("), "no bound on what it writes"),
    ("system", re.compile(r"(?<![\w.>])(?:std\s*::\s*|::\s*)?(system|popen)\s*\("), "the server starts no shell"),
)
FORBIDDEN_IN_HEADERS = (
    ("using-namespace", re.compile(r"\busing\s+namespace\b"), "leaks into every file that includes this one"),
)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
MAX_LINES = 450
