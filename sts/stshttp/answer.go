package stshttp

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"
)

// answer is a finished answer.
type answer struct {
	status      int
	id          string
	contentType string
	body        []byte
}

const (
	contentXML  = "text/xml"
	contentJSON = "application/json"
)

// wantsJSON tells whether the client asks for JSON (STS-12).
func (c *call) wantsJSON() bool {
	return strings.Contains(c.request.Header.Get("Accept"), contentJSON)
}

// succeeded writes a result (STS-8).
func (c *call) succeeded(out any) *answer {
	a := &answer{status: http.StatusOK, id: c.id, contentType: contentXML}
	name, v := c.operation.name, reflect.ValueOf(out)
	const usual = 4096
	b := make([]byte, 0, usual)
	if c.wantsJSON() {
		a.contentType = contentJSON
		b = append(b, `{"`+name+`Response":{"`+name+`Result":`...)
		b = appendJSON(b, v)
		b = append(b, `,"ResponseMetadata":{"RequestId":"`+c.id+`"}}}`...)
	} else {
		b = append(b, "<"+name+`Response xmlns="`+c.api.namespace+`"><`+name+"Result>"...)
		b = appendXML(b, v)
		b = append(b, "</"+name+"Result><ResponseMetadata><RequestId>"+c.id+"</RequestId></ResponseMetadata></"+name+"Response>\n"...)
	}
	a.body = b
	return a
}

// failed writes an error (STS-9).
func (c *call) failed() *answer {
	e := c.err
	a := &answer{status: e.Status, id: c.id, contentType: contentXML}
	var b []byte
	if c.wantsJSON() {
		a.contentType = contentJSON
		b = append(b, `{"Error":{"Code":`...)
		b = appendQuoted(b, string(e.Code))
		b = append(b, `,"Message":`...)
		b = appendQuoted(b, e.Message)
		b = append(b, `,"Type":"`+e.Type()+`"},"RequestId":"`+c.id+`"}`...)
	} else {
		b = append(b, `<ErrorResponse xmlns="`+c.api.namespace+`"><Error><Type>`+e.Type()+"</Type><Code>"...)
		b = appendEscaped(b, string(e.Code))
		b = append(b, "</Code><Message>"...)
		b = appendEscaped(b, e.Message)
		b = append(b, "</Message></Error><RequestId>"+c.id+"</RequestId></ErrorResponse>\n"...)
	}
	a.body = b
	return a
}

func (a *answer) write(w http.ResponseWriter) {
	header := w.Header()
	header["X-Amzn-Requestid"] = []string{a.id}
	header["Content-Type"] = []string{a.contentType}
	header["Content-Length"] = []string{strconv.Itoa(len(a.body))}
	if a.status == http.StatusMethodNotAllowed {
		header["Allow"] = []string{"GET, POST"}
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that went away
}
