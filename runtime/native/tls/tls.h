/* What the files of tls share: a context (keys, trust, versions) and a session over two memory
 * BIOs: ciphertext in, ciphertext out. JavaScript moves the bytes. */
#ifndef CPM_RUNTIME_NATIVE_TLS_H
#define CPM_RUNTIME_NATIVE_TLS_H

#include "runtime/native/box.h"
#include "runtime/native/tls/certificate.h"

#include <openssl/ssl.h>

/* Of context.c: an SSL_CTX. */
extern const struct cpm_box_kind cpm_tls_context_kind;
/* (options): a context, or *exception. */
JSValueRef cpm_tls_context(JSContextRef ctx, JSObjectRef callee, JSObjectRef self, size_t argc,
                           const JSValueRef argv[], JSValueRef *exception);
/* The names of protocols as ALPN has them, that a server of this context speaks; or NULL. */
const unsigned char *cpm_tls_context_alpn(const SSL_CTX *context, unsigned *len);

/* The oldest error of this thread in words, the queue emptied; { message, code } of node's. */
JSValueRef cpm_tls_error(JSContextRef ctx, const char *otherwise);

#endif
