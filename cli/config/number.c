/* JavaScript's readings of text as a number and as a date, where npm's types depend on them. */
#include "cli/config/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NUMBER_LENGTH 64

static bool radix_number(const char *text, double *out)
{
    static const struct {
        char letter;
        int base;
    } rows[] = {{'x', 16}, {'o', 8}, {'b', 2}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *end;
        if (text[0] != '0' || (text[1] | 0x20) != rows[i].letter || text[2] == '-' ||
            text[2] == '+')
            continue;
        *out = (double)strtoull(text + 2, &end, rows[i].base);
        return text[2] && *end == '\0';
    }
    return false;
}

bool cpm_js_number(struct cpm_str text, double *out)
{
    char copy[NUMBER_LENGTH + 1], *end;
    text = cpm_str_trim(text);
    if (text.len > NUMBER_LENGTH)
        return false;
    memcpy(copy, text.ptr ? text.ptr : "", text.len);
    copy[text.len] = '\0';
    *out = 0;
    if (text.len == 0 || radix_number(copy, out))
        return true;
    if (strcmp(copy + strspn(copy, "+-"), "Infinity") == 0 && strspn(copy, "+-") <= 1) {
        *out = copy[0] == '-' ? -INFINITY : INFINITY;
        return true;
    }
    if (strspn(copy, "0123456789.eE+-") != text.len)
        return false;
    *out = strtod(copy, &end);
    return *end == '\0';
}

struct cpm_value cpm_value_date(struct cpm_arena *arena, double ms)
{
    struct cpm_value out = {.kind = CPM_VALUE_DATE, .number = ms, .text = CPM_STR("Invalid Date")};
    struct tm tm;
    if (isnan(ms) || fabs(ms) > 8.64e15)
        return out;
    int64_t whole = (int64_t)ms;
    time_t seconds = (time_t)(whole / 1000 - (whole % 1000 < 0));
    if (gmtime_r(&seconds, &tm)) {
        const char *iso = cpm_arena_printf(
            arena, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1,
            tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(whole - (int64_t)seconds * 1000));
        out.text = cpm_str(iso);
    }
    return out;
}

/* Takes exactly `digits` digits off the text. */
static bool take_digits(const char **text, unsigned digits, int *out)
{
    *out = 0;
    for (unsigned i = 0; i < digits; i++) {
        if ((*text)[i] < '0' || (*text)[i] > '9')
            return false;
        *out = *out * 10 + ((*text)[i] - '0');
    }
    *text += digits;
    return true;
}

static bool take_char(const char **text, char c)
{
    if (**text != c)
        return false;
    (*text)++;
    return true;
}

/* "Z", "+hh:mm" or nothing (local time). */
static bool take_zone(const char **text, bool *local, int *minutes)
{
    int hour, minute, sign = **text == '-' ? -1 : 1;
    *local = **text == '\0';
    *minutes = 0;
    if (*local || take_char(text, 'Z'))
        return true;
    if ((!take_char(text, '+') && !take_char(text, '-')) || !take_digits(text, 2, &hour))
        return false;
    take_char(text, ':');
    if (!take_digits(text, 2, &minute))
        return false;
    *minutes = sign * (hour * 60 + minute);
    return true;
}

static bool take_time(const char **text, struct tm *tm, int *ms)
{
    *ms = 0;
    if (!take_digits(text, 2, &tm->tm_hour) || !take_char(text, ':') ||
        !take_digits(text, 2, &tm->tm_min))
        return false;
    if (!take_char(text, ':'))
        return true;
    if (!take_digits(text, 2, &tm->tm_sec))
        return false;
    if (!take_char(text, '.'))
        return true;
    for (int scale = 100; **text >= '0' && **text <= '9'; (*text)++, scale /= 10)
        *ms += (**text - '0') * scale;
    return true;
}

static bool in_range(const struct tm *tm)
{
    return tm->tm_mon >= 0 && tm->tm_mon < 12 && tm->tm_mday >= 1 && tm->tm_mday <= 31 &&
           tm->tm_hour <= 24 && tm->tm_min < 60 && tm->tm_sec < 60;
}

bool cpm_js_date(struct cpm_str text, double *out)
{
    char copy[NUMBER_LENGTH + 1];
    const char *at = copy;
    struct tm tm = {.tm_mday = 1, .tm_mon = 1};
    int ms = 0, minutes = 0;
    bool local = false;
    text = cpm_str_trim(text);
    if (text.len == 0 || text.len > NUMBER_LENGTH)
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (!take_digits(&at, 4, &tm.tm_year))
        return false;
    if (take_char(&at, '-') && (!take_digits(&at, 2, &tm.tm_mon) ||
                                (take_char(&at, '-') && !take_digits(&at, 2, &tm.tm_mday))))
        return false;
    if ((take_char(&at, 'T') || take_char(&at, ' ')) &&
        (!take_time(&at, &tm, &ms) || !take_zone(&at, &local, &minutes)))
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    tm.tm_isdst = -1;
    if (*at || !in_range(&tm))
        return false;
    *out = (double)(local ? mktime(&tm) : timegm(&tm)) * 1000 + ms - minutes * 60000.0;
    return true;
}
