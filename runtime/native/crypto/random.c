/* Randomness, primes, and comparing without telling by time. */
#include "base/mem.h"
#include "runtime/native/crypto/crypto.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

struct filling {
    struct cpm_job job; /* first */
    unsigned char *at;  /* inside `value`, which is protected */
    size_t len;
    JSValueRef value;
    bool failed;
};

static void run_fill(struct cpm_job *job)
{
    struct filling *f = (struct filling *)job;

    for (size_t done = 0; done < f->len && !f->failed;) {
        size_t part = f->len - done < 1u << 30 ? f->len - done : 1u << 30;
        f->failed = RAND_bytes(f->at + done, (int)part) != 1;
        done += part;
    }
}

static JSValueRef fill_result(struct cpm_job *job, JSContextRef ctx, JSValueRef *exception)
{
    struct filling *f = (struct filling *)job;

    return f->failed ? cpm_crypto_throw(ctx, exception, "no randomness") : f->value;
}

static void fill_release(struct cpm_job *job)
{
    struct filling *f = (struct filling *)job;

    JSValueUnprotect(f->job.rt->ctx, f->value);
}

/* (bytes, offset, length, callback): the bytes, that part of them filled. */
CPM_JS_FUNCTION(random_fill)
{
    struct cpm_js_bytes bytes;
    int64_t offset = cpm_js_int(ctx, argc, argv, 1), len = cpm_js_int(ctx, argc, argv, 2);

    if (!argc || !cpm_js_bytes(ctx, argv[0], &bytes) || offset < 0 || len < 0 ||
        (size_t)offset > bytes.len || (size_t)len > bytes.len - (size_t)offset)
        return cpm_js_throw(ctx, exception, "that part of the bytes is none");
    struct filling *f = cpm_calloc(1, sizeof(*f));
    f->at = bytes.ptr + offset;
    f->len = (size_t)len;
    f->value = argv[0];
    JSValueProtect(cpm_runtime_current()->ctx, f->value);
    f->job.run = run_fill;
    f->job.result = fill_result;
    f->job.release = fill_release;
    return cpm_job_start(&f->job, ctx, cpm_js_arg_function(ctx, argc, argv, 3), exception);
}

/* (bytes, bytes): whether they are the same; of the same length. */
CPM_JS_FUNCTION(equal)
{
    struct cpm_js_bytes a = {NULL, 0}, b = {NULL, 0};

    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 0), &a);
    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 1), &b);
    return JSValueMakeBoolean(ctx, a.len == b.len &&
                                       (!a.len || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0));
}

struct prime {
    struct cpm_bytes_job bytes; /* first */
    int bits;
    bool safe;
    BIGNUM *add, *rem;
};

static void run_prime(struct cpm_job *job)
{
    struct prime *p = (struct prime *)job;
    BIGNUM *prime = BN_new();

    if (BN_generate_prime_ex(prime, p->bits, p->safe, p->add, p->rem, NULL) == 1) {
        p->bytes.len = (size_t)(p->bits + 7) / 8;
        p->bytes.out = cpm_alloc(p->bytes.len);
        BN_bn2binpad(prime, p->bytes.out, (int)p->bytes.len);
    } else {
        cpm_bytes_job_fail(&p->bytes);
    }
    BN_clear_free(prime);
}

static void release_prime(struct cpm_job *job)
{
    struct prime *p = (struct prime *)job;

    BN_free(p->add);
    BN_free(p->rem);
}

static BIGNUM *number_arg(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t i)
{
    struct cpm_js_bytes bytes;

    return i < argc && cpm_js_bytes(ctx, argv[i], &bytes)
               ? BN_bin2bn(bytes.ptr, (int)bytes.len, NULL)
               : NULL;
}

/* (bits, safe, add, rem, callback): a prime's bytes. */
CPM_JS_FUNCTION(prime)
{
    struct prime *p = cpm_calloc(1, sizeof(*p));

    p->bits = (int)cpm_js_int(ctx, argc, argv, 0);
    p->safe = argc > 1 && JSValueToBoolean(ctx, argv[1]);
    p->add = number_arg(ctx, argc, argv, 2);
    p->rem = number_arg(ctx, argc, argv, 3);
    p->bytes.job.run = run_prime;
    p->bytes.job.result = cpm_bytes_job_result;
    p->bytes.job.release = release_prime;
    return cpm_job_start(&p->bytes.job, ctx, cpm_js_arg_function(ctx, argc, argv, 4), exception);
}

struct prime_check {
    struct cpm_job job; /* first */
    BIGNUM *candidate;
    int is_prime;
};

static void run_check(struct cpm_job *job)
{
    struct prime_check *check = (struct prime_check *)job;

    check->is_prime = BN_check_prime(check->candidate, NULL, NULL);
}

static JSValueRef check_result(struct cpm_job *job, JSContextRef ctx,
                               CPM_UNUSED JSValueRef *exception)
{
    return JSValueMakeBoolean(ctx, ((struct prime_check *)job)->is_prime == 1);
}

static void release_check(struct cpm_job *job)
{
    BN_clear_free(((struct prime_check *)job)->candidate);
}

/* (bytes, callback): whether the number is a prime. */
CPM_JS_FUNCTION(prime_check)
{
    struct prime_check *check = cpm_calloc(1, sizeof(*check));

    check->candidate = number_arg(ctx, argc, argv, 0);
    if (!check->candidate)
        check->candidate = BN_new();
    check->job.run = run_check;
    check->job.result = check_result;
    check->job.release = release_check;
    return cpm_job_start(&check->job, ctx, cpm_js_arg_function(ctx, argc, argv, 1), exception);
}

const struct cpm_js_method cpm_crypto_random[] = {
    {"randomFill", random_fill}, {"equal", equal}, {"prime", prime},
    {"primeCheck", prime_check}, {NULL, NULL},
};
