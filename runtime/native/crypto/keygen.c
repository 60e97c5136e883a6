/* New key pairs. What they are to be is told in the words of OpenSSL's command line
 * ("rsa_keygen_bits:2048"), which every kind of key understands. */
#include "base/mem.h"
#include "runtime/native/crypto/crypto.h"

struct making {
    struct cpm_bytes_job bytes; /* first; its bytes are not used */
    char *type;
    char **options; /* name, value, … */
    bool from_parameters;
    EVP_PKEY *key;
};

static bool set_options(EVP_PKEY_CTX *context, char **options)
{
    for (; options && options[0] && options[1]; options += 2)
        if (EVP_PKEY_CTX_ctrl_str(context, options[0], options[1]) <= 0)
            return false;
    return true;
}

/* The parameters that dsa and dh keys are made of. */
static EVP_PKEY_CTX *context_of_parameters(const struct making *m)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, m->type, NULL);
    EVP_PKEY *parameters = NULL;
    EVP_PKEY_CTX *next = NULL;

    if (context && EVP_PKEY_paramgen_init(context) > 0 && set_options(context, m->options) &&
        EVP_PKEY_paramgen(context, &parameters) > 0)
        next = EVP_PKEY_CTX_new(parameters, NULL);
    EVP_PKEY_free(parameters);
    EVP_PKEY_CTX_free(context);
    return next;
}

static void run(struct cpm_job *job)
{
    struct making *m = (struct making *)job;
    EVP_PKEY_CTX *context = m->from_parameters ? context_of_parameters(m)
                                               : EVP_PKEY_CTX_new_from_name(NULL, m->type, NULL);

    if (!context || EVP_PKEY_keygen_init(context) <= 0 ||
        (!m->from_parameters && !set_options(context, m->options)) ||
        EVP_PKEY_keygen(context, &m->key) <= 0)
        cpm_bytes_job_fail(&m->bytes);
    EVP_PKEY_CTX_free(context);
}

static JSValueRef result(struct cpm_job *job, JSContextRef ctx, JSValueRef *exception)
{
    struct making *m = (struct making *)job;

    if (m->bytes.failed)
        return cpm_bytes_job_result(job, ctx, exception);
    return cpm_crypto_key_box(ctx, m->key);
}

static void release(struct cpm_job *job)
{
    struct making *m = (struct making *)job;

    cpm_free(m->type);
    cpm_js_texts_free(m->options);
}

/* (type, [name, value, …], whether from parameters, callback): a key that is public and private. */
CPM_JS_FUNCTION(keygen)
{
    struct making *m = cpm_calloc(1, sizeof(*m));

    m->type = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    m->options = cpm_js_texts(ctx, cpm_js_arg(ctx, argc, argv, 1));
    m->from_parameters = argc > 2 && JSValueToBoolean(ctx, argv[2]);
    m->bytes.job.run = run;
    m->bytes.job.result = result;
    m->bytes.job.release = release;
    return cpm_job_start(&m->bytes.job, ctx, cpm_js_arg_function(ctx, argc, argv, 3), exception);
}

const struct cpm_js_method cpm_crypto_keygen[] = {{"keygen", keygen}, {NULL, NULL}};
