package stshttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/sts"
)

// call is one request under way: what is known of it so far, for the answer
// and the log.
type call struct {
	handler *Handler
	request *http.Request
	id      string

	body []byte
	// query and all are the parameters of the query string, and those with the
	// ones of the body.
	query, all []pair
	api        *api
	operation  *operation
	keyID      string // as it was sent
	caller     *sts.Caller
	env        sts.Environment

	err   *sts.Error
	stack string // of a panic
}

// noID stands in the place of a request id where there is no entropy for one.
const noID = "00000000-0000-4000-8000-000000000000"

// answer makes the whole answer before any of it is sent, so that a panic is
// an answer too and never a torn connection.
func (c *call) answer() (a *answer) {
	c.api = stsAPI
	defer func() {
		reason := recover()
		if reason == nil {
			return
		}
		if err, ok := reason.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(reason)
		}
		c.stack = string(debug.Stack())
		c.err = internalFailure(fmt.Sprintf("a panic (%T)", reason))
		a = c.failed()
	}()
	id, err := c.handler.service.NewRequestID()
	if c.id = id; err != nil {
		c.id = noID
		c.err = internalFailure("no entropy for the id of the request")
		return c.failed()
	}
	out, failed := c.serve()
	if failed != nil {
		c.err = failed
		return c.failed()
	}
	return c.succeeded(out)
}

// serve works through a request in the order of STS-14.
func (c *call) serve() (any, *sts.Error) {
	c.env = c.environment()
	if err := c.read(); err != nil {
		return nil, err
	}
	parameters, err := tree(c.all)
	if err != nil {
		return nil, err
	}
	if err := c.find(parameters); err != nil {
		return nil, err
	}
	if c.operation.signed {
		if err := c.authenticate(); err != nil {
			return nil, err
		}
	}
	input := c.operation.newInput()
	if err := decode(parameters, c.operation.parameters, input); err != nil {
		return nil, err
	}
	ctx := sts.WithEnvironment(c.request.Context(), &c.env)
	out, failed := c.operation.call(ctx, c.handler.service, c.caller, input)
	return out, asError(failed)
}

// asError makes the error of an operation what all of them are.
func asError(err error) *sts.Error {
	var e *sts.Error
	if err == nil || errors.As(err, &e) {
		return e
	}
	return internalFailure(err.Error())
}

// read reads the parameters: of a GET those of the query string, of a POST
// those of the form in the body as well (STS-1).
func (c *call) read() *sts.Error {
	r := c.request
	if path := r.URL.EscapedPath(); path != "" && path != "/" {
		return failure(http.StatusNotFound, InvalidAction, "There is no endpoint at '"+diag.Clip(path, clip)+"'; requests go to '/'.")
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return failure(http.StatusMethodNotAllowed, MethodNotAllowed, "The method is not allowed; use POST or GET.")
	}
	if err := c.readBody(); err != nil {
		return err
	}
	var err *sts.Error
	if c.query, err = parseForm(nil, r.URL.RawQuery); err != nil {
		return err
	}
	c.all = c.query
	if r.Method == http.MethodPost && isForm(r.Header.Get("Content-Type")) {
		c.all, err = parseForm(c.query[:len(c.query):len(c.query)], string(c.body))
	}
	return err
}

func (c *call) readBody() *sts.Error {
	if c.request.Body == nil || c.request.ContentLength == 0 {
		return nil
	}
	var err error
	c.body, err = io.ReadAll(io.LimitReader(c.request.Body, MaxBody+1))
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return failure(http.StatusRequestTimeout, RequestTimeout, "The body did not arrive in time.")
	case err != nil:
		return failure(http.StatusBadRequest, sts.ValidationError, "The body did not arrive whole.")
	case len(c.body) > MaxBody:
		return failure(http.StatusRequestEntityTooLarge, RequestEntityTooLarge, "The body is larger than "+strconv.Itoa(MaxBody)+" bytes.")
	}
	return nil
}

// isForm tells whether a body is a form; one that does not say what it is, is.
func isForm(contentType string) bool {
	if contentType == "" {
		return true
	}
	media, _, err := mime.ParseMediaType(contentType)
	return (err == nil || errors.Is(err, mime.ErrInvalidMediaParameter)) && media == "application/x-www-form-urlencoded"
}

// find finds the operation (STS-3).
func (c *call) find(parameters *node) *sts.Error {
	action, version := parameters.text("Action"), parameters.text("Version")
	if version == iamAPI.version {
		c.api = iamAPI
	}
	if action == "" {
		return failure(http.StatusBadRequest, MissingAction, "The request is missing an action or a required parameter.")
	}
	c.operation = c.handler.operations[operationName{version, action}]
	if c.operation == nil {
		if version == "" {
			version = "NO_VERSION_SPECIFIED"
		}
		return failure(http.StatusBadRequest, InvalidAction,
			"Could not find operation "+diag.Clip(action, clip)+" for version "+diag.Clip(version, clip))
	}
	c.api = c.operation.api
	return nil
}

// environment tells where the request comes from. The Region is that of the
// host's name until a signature names one.
func (c *call) environment() sts.Environment {
	r := c.request
	return sts.Environment{
		Region: regionOf(r.Host), SourceIP: addressOf(r.RemoteAddr), UserAgent: r.UserAgent(), Referer: r.Referer(),
	}
}

// addressOf gives the IP address of a connection's other end.
func addressOf(remote string) string {
	if at, err := netip.ParseAddrPort(remote); err == nil {
		return at.Addr().Unmap().WithZone("").String()
	}
	if at, err := netip.ParseAddr(remote); err == nil {
		return at.Unmap().WithZone("").String()
	}
	return ""
}

// regionOf gives the Region of an endpoint of AWS (STS-179), and nothing for
// another host.
func regionOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	name, ok := strings.CutSuffix(strings.TrimSuffix(host, ".cn"), ".amazonaws.com")
	if !ok {
		return ""
	}
	service, region, _ := strings.Cut(name, ".")
	if service != "sts" || !isRegion(region) {
		return ""
	}
	return region
}

// log writes the line of a call.
func (c *call) log() {
	h := c.handler
	level := logLevel(c.err)
	ctx := context.WithoutCancel(c.request.Context())
	if h.options.Log.Enabled(ctx, level) {
		h.options.Log.LogAttrs(ctx, level, "call", c.attributes()...)
	}
}
