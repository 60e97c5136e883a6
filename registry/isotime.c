/* Days are counted from March, so that the leap day is the last of its year. */
#include "registry/isotime.h"

#include <stdio.h>
#include <time.h>

static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    int64_t era, of_era, of_year;

    year -= month <= 2;
    era = year / 400;
    of_era = year - era * 400;
    of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* Exactly `digits` digits; behind `before` unless that is '\0'. */
static bool take(struct cpm_str *s, char before, size_t digits, int64_t low, int64_t high,
                 int64_t *out)
{
    size_t skip = before ? 1 : 0;

    *out = 0;
    if (s->len < skip + digits || (before && s->ptr[0] != before))
        return false;
    for (size_t i = skip; i < skip + digits; i++) {
        if (s->ptr[i] < '0' || s->ptr[i] > '9')
            return false;
        *out = *out * 10 + (s->ptr[i] - '0');
    }
    *s = cpm_str_sub(*s, skip + digits, s->len);
    return *out >= low && *out <= high;
}

/* ".699000" in ms: digits past the third are dropped. */
static int64_t take_fraction(struct cpm_str *s)
{
    int64_t ms = 0, unit = 100;

    if (!s->len || s->ptr[0] != '.')
        return 0;
    *s = cpm_str_sub(*s, 1, s->len);
    for (; s->len && s->ptr[0] >= '0' && s->ptr[0] <= '9'; unit /= 10) {
        ms += unit * (s->ptr[0] - '0');
        *s = cpm_str_sub(*s, 1, s->len);
    }
    return ms;
}

static bool take_zone(struct cpm_str *s, int64_t *minutes)
{
    int64_t hour, minute;
    char sign;

    *minutes = 0;
    if (s->len == 0)
        return true;
    sign = s->ptr[0];
    if (sign == 'Z') {
        *s = cpm_str_sub(*s, 1, s->len);
        return true;
    }
    if ((sign != '+' && sign != '-') || !take(s, sign, 2, 0, 23, &hour) ||
        !take(s, ':', 2, 0, 59, &minute))
        return false;
    *minutes = (sign == '-' ? -1 : 1) * (hour * 60 + minute);
    return true;
}

bool cpm_isotime_parse(struct cpm_str s, int64_t *ms)
{
    int64_t year, month, day, hour = 0, minute = 0, second = 0, fraction = 0, zone = 0;

    if (!take(&s, '\0', 4, 0, 9999, &year) || !take(&s, '-', 2, 1, 12, &month) ||
        !take(&s, '-', 2, 1, 31, &day))
        return false;
    if (s.len) {
        if (!take(&s, 'T', 2, 0, 24, &hour) || !take(&s, ':', 2, 0, 59, &minute))
            return false;
        if (s.len && s.ptr[0] == ':' && !take(&s, ':', 2, 0, 59, &second))
            return false;
        fraction = take_fraction(&s);
        if (!take_zone(&s, &zone) || s.len)
            return false;
    }
    *ms = (((days_from_civil(year, month, day) * 24 + hour) * 60 + minute - zone) * 60 + second) *
              1000 +
          fraction;
    return true;
}

void cpm_isotime_text(int64_t ms, char out[CPM_ISOTIME_SIZE])
{
    int64_t rest = (ms % 1000 + 1000) % 1000;
    time_t seconds = (time_t)((ms - rest) / 1000);
    struct tm utc;

    out[0] = '\0';
    if (!gmtime_r(&seconds, &utc) || utc.tm_year < -1900 || utc.tm_year > 8099)
        return;
    size_t n = strftime(out, CPM_ISOTIME_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out + n, CPM_ISOTIME_SIZE - n, ".%03dZ", (int)rest);
}
