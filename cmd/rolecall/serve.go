package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/sts"
	"github.com/rolecall/rolecall/sts/seal"
	"github.com/rolecall/rolecall/sts/stshttp"
)

// serveCommand is rolecall serve.
type serveCommand struct {
	worldFlags
	Addr               string `default:"127.0.0.1:4599" placeholder:"HOST:PORT" help:"Where to listen (${default}); port 0 picks a free one."`
	AllowRemote        bool   `name:"allow-remote" help:"Listen on an address that other machines reach. The endpoint is for tests and protects nothing."`
	KeyFile            string `name:"key-file" type:"existingfile" placeholder:"FILE" help:"A file of 32 bytes, as they are, in hexadecimal or in base64, that seals sessions, so that they outlive the process. Without it the key is new at each start."`
	AuthorizeSimulator bool   `name:"authorize-simulator" help:"Let only callers use iam:Simulate... whose policies allow it, as AWS does."`
}

// Help says what a client needs.
func (c *serveCommand) Help() string {
	return `Point a client at it with AWS_ENDPOINT_URL (or --endpoint-url) and sign with an access key of the world:

    AWS_ENDPOINT_URL=http://127.0.0.1:4599 aws sts get-caller-identity

One line a call goes to standard error, as JSON with --json. SIGHUP loads the world again, and keeps the old one if
that fails; SIGINT and SIGTERM let calls under way end.`
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(env *environment, status *int) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	defer signal.Stop(reload)
	return c.serve(ctx, env, status, reload)
}

// serve serves until the context ends, and loads the world again whenever it is
// told to.
func (c *serveCommand) serve(ctx context.Context, env *environment, status *int, reload <-chan os.Signal) error {
	if err := c.checkAddress(); err != nil {
		return err
	}
	log := c.logger(env)
	service, err := c.service(env, status)
	if service == nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return usageError{err.Error(), "--addr 127.0.0.1:0 picks a free port"}
	}
	server := stshttp.NewServer(stshttp.New(service, stshttp.Options{Log: log, AuthorizeSimulator: c.AuthorizeSimulator}))
	server.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Fprintf(env.stdout, "listening on http://%s\n", listener.Addr())
	for {
		select {
		case err := <-served:
			return err
		case <-reload:
			c.reload(env, log, service)
		case <-ctx.Done():
			return shutDown(server, log)
		}
	}
}

// shutDown lets calls under way end, for a while.
func shutDown(server *http.Server, log *slog.Logger) error {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	log.Info("stopping")
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

// checkAddress refuses an address that other machines reach, unless that is
// asked for.
func (c *serveCommand) checkAddress() error {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return usageError{"--addr: " + err.Error(), "write HOST:PORT, such as 127.0.0.1:4599"}
	}
	ip, err := netip.ParseAddr(host)
	if c.AllowRemote || host == "localhost" || err == nil && ip.IsLoopback() {
		return nil
	}
	return usageError{
		fmt.Sprintf("%q is not a loopback address", host),
		"the endpoint is for tests on this machine; --allow-remote opens it to others",
	}
}

func (c *serveCommand) logger(env *environment) *slog.Logger {
	if c.JSON {
		return slog.New(slog.NewJSONHandler(env.stderr, nil))
	}
	return slog.New(slog.NewTextHandler(env.stderr, nil))
}

// service makes the service of the world. Where that fails there is none, and
// the status or the error says why.
func (c *serveCommand) service(env *environment, status *int) (*sts.Service, error) {
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	w, failed, err := c.open(env)
	if err != nil || failed != exitYes {
		*status = failed
		return nil, err
	}
	return sts.New(w.Snapshot(), sts.Options{Now: env.now, Rand: rand.Reader, Key: key})
}

// key reads the key file; without one the service draws a key.
func (c *serveCommand) key() ([]byte, error) {
	if c.KeyFile == "" {
		return nil, nil
	}
	content, err := os.ReadFile(c.KeyFile)
	if err != nil {
		return nil, err
	}
	if len(content) == seal.KeySize {
		return content, nil
	}
	text := strings.TrimSpace(string(content))
	for _, decode := range []func(string) ([]byte, error){hex.DecodeString, base64.StdEncoding.DecodeString} {
		if key, err := decode(text); err == nil && len(key) == seal.KeySize {
			return key, nil
		}
	}
	return nil, usageError{
		fmt.Sprintf("%s holds no key of %d bytes", c.KeyFile, seal.KeySize),
		"make one with: openssl rand -hex 32 > " + c.KeyFile,
	}
}

// reload loads the world again. If that fails the old one stays.
func (c *serveCommand) reload(env *environment, log *slog.Logger, service *sts.Service) {
	w, failed, err := c.open(env)
	if err == nil && failed == exitYes {
		err = service.SetWorld(w.Snapshot())
	}
	switch {
	case err != nil:
		log.Error("the world was not loaded again; the old one stays", "error", diag.Clip(err.Error(), 1<<10))
	case failed != exitYes:
		log.Error("the world was not loaded again; the old one stays")
	default:
		log.Info("the world was loaded again")
	}
}
