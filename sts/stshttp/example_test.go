package stshttp_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/rolecall/rolecall"
	"github.com/rolecall/rolecall/sts"
	"github.com/rolecall/rolecall/sts/stshttp"
)

// An AWS SDK calls the endpoint in process: give it this client and any access
// key of the world. Without a signature there is no answer.
func Example() {
	service, err := sts.New(rolecall.Example().Snapshot(), sts.Options{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		log.Fatal(err)
	}
	client := &http.Client{Transport: stshttp.New(service, stshttp.Options{}).Transport()}

	const url = "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15"
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, http.NoBody)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Accept", "application/json")
	response, err := client.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status)
	fmt.Printf("%.87s\n", body)
	// Output:
	// 403 Forbidden
	// {"Error":{"Code":"MissingAuthenticationToken","Message":"Request is missing Authenticat
}
