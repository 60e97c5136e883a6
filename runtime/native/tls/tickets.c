/* Tickets sealed with keys that a program gives: so processes that share them take up each other's
 * sessions. 48 bytes: a name, a key to sign with, a key to seal with. */
#include "runtime/native/tls/tls.h"

#include "runtime/js.h"

#include <openssl/core_names.h>
#include <openssl/rand.h>
#include <string.h>

enum { NAME = 16, HMAC_KEY = 16, ALL = CPM_TLS_TICKET_KEYS };

static int on_ticket(SSL *ssl, unsigned char name[NAME], unsigned char *iv, EVP_CIPHER_CTX *cipher,
                     EVP_MAC_CTX *mac, int sealing)
{
    struct cpm_tls_extra *extra = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    unsigned char *keys = extra ? extra->ticket_keys : NULL;
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, keys ? keys + NAME : NULL, HMAC_KEY),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};

    if (!keys)
        return -1;
    if (sealing) {
        memcpy(name, keys, NAME);
        if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_128_cbc())) != 1)
            return -1;
    } else if (memcmp(name, keys, NAME) != 0) {
        return 0; /* of another: a whole handshake */
    }
    if (EVP_CipherInit_ex(cipher, EVP_aes_128_cbc(), NULL, keys + NAME + HMAC_KEY, iv, sealing) !=
            1 ||
        EVP_MAC_CTX_set_params(mac, params) != 1)
        return -1;
    return 1;
}

JSValueRef cpm_tls_ticket_keys(JSContextRef ctx, CPM_UNUSED JSObjectRef callee,
                               CPM_UNUSED JSObjectRef self, size_t argc, const JSValueRef argv[],
                               CPM_UNUSED JSValueRef *exception)
{
    SSL_CTX *context = cpm_box_open(ctx, cpm_js_arg(ctx, argc, argv, 0), &cpm_tls_context_kind);
    struct cpm_js_bytes bytes;

    if (!context || !cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 1), &bytes) || bytes.len != ALL)
        return JSValueMakeBoolean(ctx, false);
    struct cpm_tls_extra *extra = SSL_CTX_get_app_data(context);
    memcpy(extra->ticket_keys, bytes.ptr, ALL);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket);
    return JSValueMakeBoolean(ctx, true);
}
