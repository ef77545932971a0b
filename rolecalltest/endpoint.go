package rolecalltest

import (
	"crypto/rand"
	"net/http"
	"time"

	"github.com/rolecall/rolecall/sts"
	"github.com/rolecall/rolecall/sts/stshttp"
	"github.com/rolecall/rolecall/world"
)

// STS is the STS of a world within the process. Nothing listens, and nothing has
// to be closed.
type STS struct {
	// URL is the endpoint for an aws.Config, as BaseEndpoint. It works with
	// Client only.
	URL string
	// Client answers requests to whatever address, as HTTPClient of an
	// aws.Config.
	Client *http.Client
	// Service is the service behind it, to be called without HTTP.
	Service *sts.Service
}

// NewSTS makes the STS of a world, with the clock of the machine, as an AWS SDK
// signs its requests by it. Access keys are those of the world.
func NewSTS(t T, w *world.World) *STS {
	t.Helper()
	return NewSTSAt(t, w, time.Now)
}

// NewSTSAt is [NewSTS] with another clock.
func NewSTSAt(t T, w *world.World, now func() time.Time) *STS {
	t.Helper()
	service, err := sts.New(w, sts.Options{Now: now, Rand: rand.Reader})
	if err != nil {
		t.Fatalf("the STS: %v", err)
	}
	return &STS{
		URL:     "https://sts.amazonaws.com",
		Client:  &http.Client{Transport: stshttp.New(service, stshttp.Options{}).Transport()},
		Service: service,
	}
}
