// Package sdkinterop calls the STS endpoint with the clients that people use:
// the AWS SDK for Go and the AWS command line. It is a module of its own, so
// that nobody who uses rolecall compiles the SDK.
//
// Package stshttp is tested with requests that its own tests sign. Here the
// other side is AWS's code: how it writes requests, signs them, and reads
// answers and errors.
package sdkinterop
