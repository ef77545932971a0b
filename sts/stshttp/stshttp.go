// Package stshttp is the endpoint of an STS: an [http.Handler] that speaks the
// AWS Query protocol, so that AWS SDKs and the AWS command line talk to a
// [sts.Service] as they do to AWS.
//
// # What it answers
//
//   - POST / with a form, and GET / with the same in the query string: the
//     operations of STS, version 2011-06-15, and of the policy simulator of IAM,
//     version 2010-05-08 (package world/simulator)
//   - presigned URLs of any of them
//   - GET /.well-known/jwks.json: the keys of GetWebIdentityToken (STS-154)
//   - GET /healthz: "ok"
//
// Answers are XML, and JSON for whoever asks for it by Accept:
// application/json. Which operations there are, which parameters they take and
// what they answer comes from the tables and types of the packages below; this
// one knows no operation by name.
//
// # Signatures
//
// Every request must carry a signature (Signature Version 4) but those of
// AssumeRoleWithSAML and AssumeRoleWithWebIdentity. It is worked out anew over
// the request as it came and compared in constant time. The order of the checks
// is that of STS-28, their texts are AWS's. Any Region is taken.
//
// # Where a request comes from
//
// aws:SourceIp is the address of the connection, aws:RequestedRegion the Region
// of the credential scope, aws:UserAgent and aws:Referer the headers. A request
// without TLS counts as one with TLS: AWS has no endpoint without, and policies
// that demand it are to be tested here.
//
// # Bounds
//
// 1 MiB of body, 2000 parameters, none of them twice. A panic is an answer
// (InternalFailure) and a line of the log. Time limits are those of the
// [http.Server]; [NewServer] makes one that has them.
//
// # The log
//
// One line a call: who, what, the decision and its reason. Secrets, tokens,
// assertions and signatures are never in it.
//
// # What it is for
//
// Tests, on a loopback address or in process ([Handler.Transport]). Its
// credentials open nothing at AWS, and it is no service to protect anything
// with: whoever knows the world knows the secrets in it.
package stshttp

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/rolecall/rolecall/sts"
)

// Options say how a [Handler] behaves. The zero value is useful.
type Options struct {
	// Log takes a line a call; nil keeps none.
	Log *slog.Logger
	// AuthorizeSimulator demands of whoever calls the policy simulator that his
	// policies allow it, as AWS does. Otherwise the simulator answers everybody
	// who signs with credentials that IAM takes: it is asked about policies, and
	// changes nothing.
	AuthorizeSimulator bool
}

// Handler answers the requests of AWS clients. It is safe for any number of
// goroutines.
type Handler struct {
	service    *sts.Service
	options    Options
	operations map[operationName]*operation
}

// New makes the endpoint of a service.
func New(service *sts.Service, options Options) *Handler {
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	return &Handler{service: service, options: options, operations: operations(options)}
}

// Paths besides "/".
const (
	// HealthPath answers "ok".
	HealthPath = "/healthz"
	// KeysPath answers the JWK set of [sts.Service.JWKS].
	KeysPath = "/.well-known/jwks.json"
)

// ServeHTTP answers a request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case HealthPath:
		serveText(w, r, "text/plain; charset=utf-8", []byte("ok\n"))
	case KeysPath:
		h.serveKeys(w, r)
	default:
		c := &call{handler: h, request: r}
		a := c.answer()
		c.log()
		a.write(w)
	}
}

// serveKeys publishes the keys that tokens are signed with (STS-154). The
// issuers are no hosts of this endpoint, so that there is no discovery
// document.
func (h *Handler) serveKeys(w http.ResponseWriter, r *http.Request) {
	keys, err := h.service.JWKS()
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	serveText(w, r, "application/json", keys)
}

func serveText(w http.ResponseWriter, r *http.Request, contentType string, text []byte) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(text) // a client that went away
}

// NewServer makes a server with the time limits and the bound on headers that
// an endpoint needs: a client that sends or reads too slowly loses its
// connection.
func NewServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    256 << 10, // a GET with a SAML response in it
	}
}
