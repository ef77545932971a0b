package stshttp

import (
	"cmp"
	"log/slog"
	"net/http"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/sts"
)

// logLevel gives how loud the line of a call is.
func logLevel(err *sts.Error) slog.Level {
	if err != nil && err.Status >= http.StatusInternalServerError {
		return slog.LevelError
	}
	return slog.LevelInfo
}

// attributes tell of a call who, what, the decision and its reason. They hold no
// secret, token, assertion or signature: no message, which may repeat what was
// sent, and of a key its id.
func (c *call) attributes() []slog.Attr {
	const most = 256
	who, what, status := "anonymous", "", http.StatusOK
	if c.caller != nil {
		who = c.caller.ARN()
	}
	if c.operation != nil {
		what = c.operation.service + ":" + c.operation.name
	}
	list := make([]slog.Attr, 0, 12)
	list = append(list, slog.String("id", c.id), slog.String("who", diag.Clip(who, most)), slog.String("what", what))
	if c.keyID != "" {
		list = append(list, slog.String("key", diag.Clip(c.keyID, most)))
	}
	if c.err != nil {
		status = c.err.Status
		list = append(list, slog.String("decision", decisionOf(c.err)), slog.String("code", string(c.err.Code)))
		if c.err.Action != "" && c.err.Action != what {
			list = append(list, slog.String("refused", c.err.Action))
		}
		if reason := c.reason(); reason != "" {
			list = append(list, slog.String("reason", diag.Clip(reason, most)))
		}
	} else {
		list = append(list, slog.String("decision", "allowed"))
	}
	list = append(list, slog.Int("status", status), slog.String("region", c.env.Region), slog.String("source", c.env.SourceIP))
	if c.stack != "" {
		list = append(list, slog.String("stack", c.stack))
	}
	return list
}

// decisionOf names in a word what an error means.
func decisionOf(err *sts.Error) string {
	switch {
	case err.Status >= http.StatusInternalServerError:
		return "failed"
	case err.Decision != nil:
		return err.Decision.Outcome.String()
	case err.Status == http.StatusForbidden:
		return "denied"
	default:
		return "invalid"
	}
}

// reason says why a call was refused.
func (c *call) reason() string {
	var decided string
	if c.err.Decision != nil {
		decided = c.err.Decision.Reason.String()
	}
	return cmp.Or(c.err.Detail, decided)
}
