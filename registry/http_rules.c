/* npm's fetch-retry-* options hold from the second wait on; the first is short, because most
 * network faults are gone a moment later and a registry that wants more says so by Retry-After. */
#include "registry/http_rules.h"

#include <time.h>

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static bool number(struct cpm_str s, size_t at, size_t len, int *out)
{
    uint64_t n;

    if (!cpm_str_u64(cpm_str_sub(s, at, len), &n))
        return false;
    *out = (int)n;
    return true;
}

/* The fixed form that HTTP demands of senders: 29 characters. */
bool cpm_http_date(struct cpm_str s, int64_t *seconds)
{
    struct tm tm = {.tm_isdst = 0};
    const char *month;
    char name[4] = "";
    time_t t;

    if (s.len != 29 || !cpm_str_ends(s, " GMT") || !number(s, 5, 2, &tm.tm_mday) ||
        !number(s, 12, 4, &tm.tm_year) || !number(s, 17, 2, &tm.tm_hour) ||
        !number(s, 20, 2, &tm.tm_min) || !number(s, 23, 2, &tm.tm_sec))
        return false;
    memcpy(name, s.ptr + 8, 3);
    month = strstr(months, name);
    if (!month || (month - months) % 3)
        return false;
    tm.tm_mon = (int)(month - months) / 3;
    tm.tm_year -= 1900;
    t = timegm(&tm);
    *seconds = t;
    return true;
}

int64_t cpm_retry_after_ms(struct cpm_str value, int64_t now_ms)
{
    uint64_t n;
    int64_t at, ms;

    value = cpm_str_trim(value);
    if (cpm_str_u64(value, &n))
        return n > CPM_RETRY_AFTER_MAX_MS / 1000 ? CPM_RETRY_AFTER_MAX_MS : (int64_t)n * 1000;
    if (!cpm_http_date(value, &at))
        return -1;
    ms = at * 1000 - now_ms;
    return ms < 0 ? 0 : ms > CPM_RETRY_AFTER_MAX_MS ? CPM_RETRY_AFTER_MAX_MS : ms;
}

unsigned cpm_retry_delay_ms(const struct cpm_registry_options *opts, unsigned attempt,
                            uint64_t random)
{
    uint64_t wait = opts->retry_min_ms;

    if (attempt <= 1)
        wait = wait < CPM_RETRY_FIRST_MS ? wait : CPM_RETRY_FIRST_MS;
    for (unsigned i = 2; i < attempt && wait < opts->retry_max_ms; i++)
        wait *= opts->retry_factor ? opts->retry_factor : 1;
    wait = wait < opts->retry_max_ms ? wait : opts->retry_max_ms;
    return (unsigned)(wait / 2 + random % (wait / 2 + 1));
}

bool cpm_retry_status(int status)
{
    return status == 408 || status == 420 || status == 429 || (status >= 500 && status != 501);
}

int64_t cpm_cache_max_age(struct cpm_str value)
{
    struct cpm_str rest = value, part;
    int64_t age = -1;
    uint64_t n;

    if (!value.len)
        return -1;
    while (cpm_str_split(&rest, ',', &part)) {
        part = cpm_str_trim(part);
        if (cpm_str_eq_nocase(part, CPM_STR("no-cache")) ||
            cpm_str_eq_nocase(part, CPM_STR("no-store")))
            return 0;
        if (cpm_str_eq_nocase(cpm_str_sub(part, 0, 8), CPM_STR("max-age=")) &&
            cpm_str_u64(cpm_str_sub(part, 8, part.len), &n))
            age = n > INT32_MAX ? INT32_MAX : (int64_t)n;
    }
    return age;
}

int64_t cpm_cache_guess_age(struct cpm_str last_modified, int64_t now_ms)
{
    enum { LONGEST = 300 };
    int64_t changed, age;

    if (!last_modified.len || !cpm_http_date(last_modified, &changed))
        return -1;
    age = (now_ms / 1000 - changed) / 10;
    return age < 0 ? 0 : age < LONGEST ? age : LONGEST;
}

enum cpm_cache_use cpm_cache_decide(enum cpm_cache_mode mode, const struct cpm_freshness *have,
                                    int64_t now_ms)
{
    int64_t age;

    if (!have)
        return mode == CPM_OFFLINE ? CPM_CACHE_REFUSE : CPM_CACHE_ASK;
    if (mode == CPM_OFFLINE || mode == CPM_PREFER_OFFLINE)
        return CPM_CACHE_USE;
    if (mode == CPM_PREFER_ONLINE || have->max_age <= 0)
        return CPM_CACHE_ASK;
    age = now_ms - have->fetched_ms;
    return age >= 0 && age < have->max_age * 1000 ? CPM_CACHE_USE : CPM_CACHE_ASK;
}
