// X509Certificate: what a certificate says, whom it is for, who has signed it.
const { X509Certificate, createPrivateKey, createPublicKey } = require('crypto');
const fs = require('fs');
const path = require('path');

const read = (name) => fs.readFileSync(path.join(__dirname, '..', 'tls', name));
const cert = new X509Certificate(read('cert.pem'));
for (const name of ['subject', 'issuer', 'subjectAltName', 'infoAccess', 'validFrom', 'validTo', 'validFromDate', 'fingerprint', 'fingerprint256',
  'keyUsage', 'serialNumber', 'ca', 'issuerCertificate']) console.log(name, cert[name]);
console.log(cert.publicKey.type, cert.publicKey.asymmetricKeyType, cert.publicKey.equals(createPublicKey(read('key.pem'))));
console.log(cert.toString() === read('cert.pem').toString(), JSON.stringify(cert) === JSON.stringify(cert.toString()));
console.log(new X509Certificate(cert.raw).fingerprint512 === cert.fingerprint512);
console.log(cert.checkHost('localhost'), cert.checkHost('example.org'), cert.checkIP('127.0.0.1'), cert.checkIP('10.0.0.1'), cert.checkEmail('a@localhost'));
console.log(cert.checkHost('localhost', { subject: 'never' }), cert.checkIssued(cert), cert.verify(cert.publicKey));
console.log(cert.checkPrivateKey(createPrivateKey(read('key.pem'))));
console.log(Object.keys(cert.toLegacyObject().subject), cert.toLegacyObject().serialNumber === cert.serialNumber);
for (const attempt of [() => new X509Certificate(5), () => new X509Certificate('nothing'), () => cert.checkHost(1), () => cert.checkIssued({}),
  () => cert.verify('x'), () => cert.checkPrivateKey(cert.publicKey), () => cert.checkHost('a', { subject: 'maybe' })]) {
  try {
    console.log(attempt());
  } catch (error) {
    console.log(error.name, error.code);
  }
}
