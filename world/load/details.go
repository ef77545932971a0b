package load

import (
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/world"
)

func isDetails(v jsonpos.Value) bool { return false }

func (r *reader) details(v jsonpos.Value, a *account) {}

func (r *reader) detailsOf(v jsonpos.Value, a *account) {}

func (l *loader) incomplete() {}

func (a awsManaged) newest(r *reader, old *found, p world.ManagedPolicy) {}
