package sts

import (
	"cmp"
	"context"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

// Environment is where a request comes from: what a transport knows and the
// caller does not choose. The zero Environment is a call over TLS to the
// global endpoint.
type Environment struct {
	// Region is the Region that the request was signed for; empty and
	// "aws-global" stand for us-east-1, the global endpoint's (STS-21).
	Region string
	// SourceIP is the address of the client without a port; where empty,
	// aws:SourceIp is absent.
	SourceIP string
	// UserAgent and Referer are the headers; where empty, the keys are absent.
	UserAgent, Referer string
	// Plain tells that the request came without TLS.
	Plain bool
	// VPC, VPCEndpoint and VPCSourceIP are set for a request through a VPC
	// endpoint: aws:SourceVpc, aws:SourceVpce and aws:VpcSourceIp.
	VPC, VPCEndpoint, VPCSourceIP string
	// EndpointPolicy is the policy of the VPC endpoint; nil is the default one.
	EndpointPolicy *policy.Set
}

// globalRegion is the Region of the global endpoint (STS-21).
const globalRegion = "us-east-1"

type environmentKey struct{}

// WithEnvironment gives a context whose calls come from an environment.
func WithEnvironment(ctx context.Context, e *Environment) context.Context {
	return context.WithValue(ctx, environmentKey{}, e)
}

var defaultEnvironment = &Environment{}

func environmentOf(ctx context.Context) *Environment {
	if e, ok := ctx.Value(environmentKey{}).(*Environment); ok && e != nil {
		return e
	}
	return defaultEnvironment
}

type observerKey struct{}

// WithObserver gives a context whose calls tell every decision that they ask
// for, in order: those that refuse and those that allow.
func WithObserver(ctx context.Context, observe func(eval.Decision)) context.Context {
	return context.WithValue(ctx, observerKey{}, observe)
}

func observerOf(ctx context.Context) func(eval.Decision) {
	observe, _ := ctx.Value(observerKey{}).(func(eval.Decision))
	return observe
}

func (e *Environment) region() string {
	if e.Region == "aws-global" {
		return globalRegion
	}
	return cmp.Or(e.Region, globalRegion)
}

// addKeys adds the condition keys of the request itself (STS-60).
func (e *Environment) addKeys(keys *conditions.Context) {
	secure := "true"
	if e.Plain {
		secure = "false"
	}
	keys.AddDefault("aws:SecureTransport", secure)
	keys.AddDefault("aws:ViaAWSService", "false")
	for _, k := range [...]struct{ name, value string }{
		{"aws:RequestedRegion", e.region()},
		{"aws:SourceIp", e.SourceIP},
		{"aws:UserAgent", e.UserAgent},
		{"aws:Referer", e.Referer},
		{"aws:SourceVpc", e.VPC},
		{"aws:SourceVpce", e.VPCEndpoint},
		{"aws:VpcSourceIp", e.VPCSourceIP},
	} {
		if k.value != "" {
			keys.AddDefault(k.name, k.value)
		}
	}
}
