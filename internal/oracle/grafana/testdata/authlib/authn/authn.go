// Package authn stands in for the package of this name in github.com/grafana/authlib, of which
// package identity of Grafana's apimachinery names these types and nothing else.
package authn

// ServiceIdentityKey is a key of metadata.
const ServiceIdentityKey = "service-identity"

// Claims holds a token's own claims.
type Claims[T any] struct{ Rest T }

// AccessTokenClaims are those of an access token.
type AccessTokenClaims struct {
	Namespace            string
	ServiceIdentity      string
	Permissions          []string
	DelegatedPermissions []string
}

// IDTokenClaims are those of an ID token.
type IDTokenClaims struct{}
