/* A certificate's facts for JavaScript; in the parts tls and crypto alike. */
#ifndef CPM_RUNTIME_NATIVE_TLS_CERTIFICATE_H
#define CPM_RUNTIME_NATIVE_TLS_CERTIFICATE_H

#include "runtime/js.h"

#include <openssl/x509.h>

/* { subject, issuer, subjectaltname, valid_from, …, raw }, as tls.getPeerCertificate has it. */
JSValueRef cpm_tls_certificate(JSContextRef ctx, X509 *cert);

#endif
