package mail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
)

// What is to be mended before TLS can be spoken with a server.
const (
	untrusted = "nobody this machine trusts has signed the mail server's certificate: name the file with its CA's certificate in SSL_CERT_FILE, or give the server a certificate that is trusted everywhere"
	otherName = "the mail server's certificate is for another name: name the server in FOOTFALL_SMTP_URL as its certificate does"
	outOfDate = "the mail server's certificate is not valid today: renew it, and check the clock of this machine"
	unfit     = "the mail server's certificate is not fit for a server: give it another"
	notTLS    = "the mail server does not speak TLS there: smtps:// is for a port that begins with TLS (465), smtp:// for one that does not (587)"
	noTLS     = "the mail server offers no TLS (STARTTLS), and letters go to another machine by TLS alone: have it switched on there, or use smtps:// and a port that begins with TLS (465)"
)

// tlsFault says what is to be mended if a try failed for TLS, else "".
func tlsFault(err error) string {
	var (
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		first     tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &authority):
		return untrusted
	case errors.As(err, &name):
		return otherName
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return outOfDate
	case errors.As(err, &invalid):
		return unfit
	case errors.As(err, &first):
		return notTLS
	case strings.Contains(err.Error(), "does not support STARTTLS"): // go-mail has no error of its own for it
		return noTLS
	}
	return ""
}
